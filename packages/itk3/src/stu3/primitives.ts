// The value rules of STU3's primitive types (hl7.org/fhir/STU3/datatypes.html). Searches look for what is wrong rather
// than match what is right: they stay linear on a value of many megabytes.

import { isPlainBase64, withoutSpaces } from "./base64.ts";

type Rule = (text: string) => string | undefined;

const matching =
  (pattern: RegExp, reason: string): Rule =>
  (text) =>
    text.length <= 256 && pattern.test(text) ? undefined : reason;

const rules: Readonly<Record<string, Rule>> = {
  boolean: (text) => (text === "true" || text === "false" ? undefined : "must be true or false"),
  integer: whole(/^(?:0|[-+]?[1-9][0-9]*)$/, -2_147_483_648, "must be a whole number"),
  unsignedInt: whole(/^(?:0|[1-9][0-9]*)$/, 0, "must be a whole number, not negative"),
  positiveInt: whole(/^[1-9][0-9]*$/, 1, "must be a whole number above zero"),
  decimal: matching(/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/, "must be a decimal number without an exponent"),
  string,
  markdown: string,
  uri: (text) => (text === "" || /\s/.test(text) ? "must be a URI without spaces" : undefined),
  oid: matching(/^urn:oid:[0-2](?:\.[1-9][0-9]*)+$/, "must be an OID as a URN"),
  uuid: matching(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be a UUID as a URN"),
  id: matching(/^[A-Za-z0-9\-.]{1,64}$/, "must be 1 to 64 letters, digits, hyphens and dots"),
  code: (text) =>
    text === "" || /^\s|\s$|\s\s|[\t\n\r]/.test(text) ? "must be a code without outer spaces" : undefined,
  base64Binary: base64,
  date: (text) => (isDate(text) ? undefined : "must be a date: yyyy, yyyy-mm or yyyy-mm-dd"),
  dateTime: (text) =>
    isDate(text) || isInstant(text) ? undefined : "must be a date, or a date and time with seconds and a zone",
  instant: (text) => (isInstant(text) ? undefined : "must be a date and time with seconds and a zone"),
  time: (text) => (isTime(text) ? undefined : "must be a time: hh:mm:ss"),
};

/** Held as a number: JSON can say all of one, and nothing of it is lost. */
export function isWholeNumber(type: string): boolean {
  return type === "integer" || type === "unsignedInt" || type === "positiveInt";
}

/** What is wrong with `text` as a value of the primitive `type`, in words that do not repeat it. */
export function primitiveFault(type: string, text: string): string | undefined {
  return rules[type]?.(text);
}

/** "Strings SHALL NOT exceed 1MB in size": hl7.org/fhir/STU3/datatypes.html#string, of markdown too. */
const maxStringBytes = 1024 * 1024;

function string(text: string): string | undefined {
  if (text === "") return "must not be empty";
  return text.length * 3 > maxStringBytes && Buffer.byteLength(text) > maxStringBytes
    ? "must not be longer than 1 MB"
    : undefined;
}

/**
 * A value as it is held. A boolean or number that is none cannot be, and could not be written again: it is null. Any
 * other value is kept as it was written, `right` or not.
 */
export function toScalar(type: string, written: string, right: boolean): string | number | boolean | null {
  if (type === "boolean") return right ? written === "true" : null;
  if (type === "decimal") return right ? written : null;
  if (isWholeNumber(type)) return right ? Number(written) : null;
  return written;
}

function whole(pattern: RegExp, least: number, reason: string): Rule {
  return (text) => {
    if (text.length > 11 || !pattern.test(text)) return reason;
    const value = Number(text);
    return value >= least && value <= 2_147_483_647 ? undefined : "is out of range";
  };
}

// RFC 4648, with the spaces of XML anywhere. Bytes are looked at once more only where something is wrong.
function base64(text: string): string | undefined {
  if (isPlainBase64(text)) return undefined;
  if (/[^A-Za-z0-9+/= \t\r\n]/.test(text)) return "must be base64: it has other characters";
  const plain = withoutSpaces(text);
  if (plain === "") return "must not be empty";
  if (plain.length % 4 !== 0) return "must be base64: its length is not a multiple of four";
  return isPlainBase64(plain) ? undefined : "must be base64: padding stands before its end";
}

function isDate(text: string): boolean {
  if (text.length > 10) return false;
  const parts = /^([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-3][0-9]))?)?$/.exec(text);
  if (parts === null || parts[1] === "0000") return false;
  const [, year, month, day] = parts;
  return day === undefined || isDayOfMonth(Number(year), Number(month), Number(day));
}

function isDayOfMonth(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isInstant(text: string): boolean {
  const parts = text.length <= 64 && /^([^T]{10})T([^Z+-]+)(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)$/.exec(text);
  return parts !== null && parts !== false && isDate(parts[1] ?? "") && isTime(parts[2] ?? "");
}

function isTime(text: string): boolean {
  return /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,40})?$/.test(text);
}
