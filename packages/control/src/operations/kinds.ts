import { type About, type Needed, type Schema, text, type TextFormat } from "@restante/settings";
import { hasControlCharacter, headerLimits, type MexHeaders } from "@restante/mesh";

// The kinds of value that the schemas of control are made of, beside those of files of settings: what comes over HTTP has
// bounds, and may be empty.

/** The most bytes of a body that is injected, shown or looked into. */
export const LARGEST_BODY = 10_000_000;
/** The most bytes of the JSON that a verb is asked with: a body of that size as Base64, and its headers. */
export const LARGEST_INPUT = 16_000_000;
/** Of Base64: four characters for three bytes. */
const LONGEST_BASE64 = Math.ceil(LARGEST_BODY / 3) * 4;

/** A text that is not empty, and no longer than this. */
export function short(longest: number, about: About & { readonly default?: string }): Needed<string> {
  const { json, ...rest } = text(about);
  return {
    ...rest,
    json: { ...json, maxLength: longest, errorMessage: `must be a text of 1 to ${longest} characters` },
  };
}

/** Any text, also an empty one. */
export function anyText(about: About & { readonly longest?: number }): Needed<string> {
  const { longest, ...rest } = about;
  return kind({ type: "string", ...rest, ...(longest !== undefined && { maxLength: longest }) });
}

/** A text of a message's head, with the API's own limit. */
export function headerText(name: keyof MexHeaders, about: About): Needed<string> {
  const { json, ...rest } = text({ ...about, format: headerFormat });
  return { ...rest, json: { ...json, maxLength: headerLimits[name] ?? 100 } };
}

const headerFormat: TextFormat = {
  name: "header-text",
  accepts: (given) => !hasControlCharacter(given),
  pattern: "^[^\\u0000-\\u001F\\u007F]*$",
  problem: "must be a text without control characters: it becomes a header",
};

/** A text that becomes a body, in UTF-8. */
export function bodyText(about: About): Needed<string> {
  const { json, ...rest } = text({ ...about, format: bodyFormat });
  return { ...rest, json: { ...json, maxLength: LARGEST_BODY } };
}

const bodyFormat: TextFormat = {
  name: "body-text",
  accepts: (given) => Buffer.byteLength(given) <= LARGEST_BODY,
  problem: `must be a text of at most ${LARGEST_BODY / 1_000_000} MB in UTF-8`,
};

export function base64(about: About): Needed<string> {
  const { json, ...rest } = text({ ...about, format: base64Format });
  return { ...rest, json: { ...json, maxLength: LONGEST_BASE64, contentEncoding: "base64" } };
}

const base64Format: TextFormat = {
  name: "base64",
  accepts: (given) => given.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(given),
  pattern: "^[A-Za-z0-9+/]*={0,2}$",
  problem: "must be Base64 (RFC 4648, 4) on one line, with = at its end where it needs them",
};

/** A point in time, as the server writes it. */
export function instant(about: About): Needed<string> {
  return kind({ type: "string", format: "date-time", ...about }, [
    { name: "date-time", accepts: (given) => !Number.isNaN(Date.parse(given)), problem: "must be a time of ISO 8601" },
  ]);
}

/** 0 to 1. */
export function fraction(about: About): Needed<number> {
  return kind({ type: "number", minimum: 0, maximum: 1, errorMessage: "must be a number from 0 to 1", ...about });
}

export function texts(about: About): Needed<Record<string, string>> {
  return kind({ type: "object", additionalProperties: { type: "string" }, ...about });
}

function kind<Value>(json: Schema<Value>["json"], formats: readonly TextFormat[] = []): Needed<Value> {
  return { json, formats, rules: [] };
}
