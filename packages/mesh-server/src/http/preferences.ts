// What a client would rather have: Accept and Accept-Encoding are lists of what is named, each with a weight (RFC 9110,
// 12.4.2, 12.5.1 and 12.5.3). Neither is ever a reason to refuse: see decision 143.

import type { FastifyReply } from "fastify";

/** One member of such a list, its name in lower case. */
export interface Preference {
  name: string;
  /** 0: not wanted at all; to 1, which is what no weight means. */
  quality: number;
}

/** What stands between commas, and between semicolons, outside of quotes. */
const MEMBER = /(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g;
const PART = /(?:[^;"]|"(?:\\.|[^"\\])*"?)+/g;
const WEIGHT = /^q\s*=\s*(0(?:\.\d*)?|1(?:\.0*)?)$/;

export function readPreferences(header: string | undefined): Preference[] {
  return (header?.toLowerCase().match(MEMBER) ?? []).flatMap((member) => {
    const [name = "", ...parameters] = (member.match(PART) ?? []).map((part) => part.trim());
    const [weight] = parameters.flatMap((parameter) => WEIGHT.exec(parameter)?.[1] ?? []);
    return name === "" ? [] : [{ name, quality: weight === undefined ? 1 : Number(weight) }];
  });
}

/** The weight of whatever is named so; undefined if nothing is. */
export function qualityOf(preferences: readonly Preference[], isNamed: (name: string) => boolean): number | undefined {
  const named = preferences.filter(({ name }) => isNamed(name));
  return named.length === 0 ? undefined : Math.max(...named.map(({ quality }) => quality));
}

/**
 * Whether a body that is stored as gzip goes as it is. Who names neither gzip nor `*` wants it decoded, as the API's default
 * of Accept-Encoding has it; who refuses what is decoded (`identity;q=0`) does not.
 */
export function prefersGzip(acceptEncoding: string | undefined): boolean {
  const preferences = readPreferences(acceptEncoding);
  const any = qualityOf(preferences, (name) => name === "*");
  const gzip = qualityOf(preferences, (name) => name === "gzip" || name === "x-gzip") ?? any;
  const identity = qualityOf(preferences, (name) => name === "identity") ?? any;
  if (gzip === undefined) return identity === 0;
  return gzip > 0 && gzip >= (identity ?? 0);
}

/** Says in the answer, once, that it may depend on this header of the request (RFC 9110, 12.5.5). */
export function varyBy(reply: FastifyReply, header: "Accept" | "Accept-Encoding"): void {
  const named = reply.getHeader("vary")?.toString();
  if (named === undefined) reply.header("vary", header);
  else if (!named.split(", ").includes(header)) reply.header("vary", `${named}, ${header}`);
}
