// The check of a token (MESH API, MESH Authorization header) with nothing around it. Written out here, not taken from
// packages/mesh: what is measured must not be a part of what it is measured against.

import { createHmac, timingSafeEqual } from "node:crypto";

export interface Token {
  readonly mailboxId: string;
  readonly nonce: string;
  readonly count: string;
}

const tolerance = 2 * 60 * 60 * 1000;

/**
 * Whether a request may be served: its token is genuine, of this time, and not used before.
 *
 * @param use false if the token was used before
 */
export function createTokenCheck(
  sharedKey: string,
  passwords: ReadonlyMap<string, string>,
  use: (token: Token) => boolean,
): (header: string | undefined, mailboxId: string) => boolean {
  return (header = "", mailboxId) => {
    const [scheme, nonce = "", count = "", timestamp = "", hash = ""] = header.split(":");
    const password = passwords.get(mailboxId);
    if (scheme !== `NHSMESH ${mailboxId}` || password === undefined || hash.length !== 64) return false;
    const text = `${mailboxId}:${nonce}:${count}:${password}:${timestamp}`;
    const expected = createHmac("sha256", sharedKey).update(text).digest();
    const given = Buffer.from(hash, "hex");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    if (!(Math.abs(Date.now() - readTime(timestamp)) <= tolerance)) return false;
    return use({ mailboxId, nonce, count });
  };
}

/** `yyyyMMddHHmm`, UTC. */
function readTime(text: string): number {
  const [year, month, day, hour, minute] = [
    text.slice(0, 4),
    text.slice(4, 6),
    text.slice(6, 8),
    text.slice(8, 10),
    text.slice(10, 12),
  ].map(Number) as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute);
}
