import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Clock } from "./clock.ts";
import { formatTimestamp } from "./timestamp.ts";

/** The parts of an Authorization header. The source is the MESH API, "MESH Authorization header". */
export interface Token {
  /** As written: the server upper-cases the mailbox of the path, but the hash is over these letters. */
  readonly mailboxId: string;
  readonly nonce: string;
  readonly nonceCount: number;
  /** The count as written (`007`), which is what the hash is over. */
  readonly nonceCountText: string;
  /** `yyyyMMddHHmm`, UTC. */
  readonly timestamp: string;
  /** HMAC-SHA256, 64 hex digits. */
  readonly hash: string;
}

export interface TokenSecrets {
  /** The mailbox's own password. */
  readonly password: string;
  /** The secret of the environment, shared by all mailboxes. */
  readonly sharedKey: string;
}

export interface TokenInput extends TokenSecrets {
  readonly mailboxId: string;
  readonly nonce: string;
  readonly nonceCount: number;
  readonly now: Date;
}

const scheme = "NHSMESH ";
const toleranceMs = 2 * 60 * 60 * 1000;

/** The whole value of the Authorization header. A token is good for one request. */
export function createToken({ mailboxId, nonce, nonceCount, now, ...secrets }: TokenInput): string {
  const timestamp = formatTimestamp(now).slice(0, 12);
  const hash = sign({ mailboxId, nonce, nonceCountText: String(nonceCount), timestamp }, secrets).toString("hex");
  return `${scheme}${mailboxId}:${nonce}:${nonceCount}:${timestamp}:${hash}`;
}

/** Gives a new Authorization value at each call: one nonce, its count going up from 0. */
export function tokenSource({
  clock,
  ...input
}: TokenSecrets & { readonly mailboxId: string; readonly clock: Clock }): () => string {
  const nonce = randomUUID();
  let nonceCount = 0;
  return () => createToken({ ...input, nonce, nonceCount: nonceCount++, now: clock.now() });
}

/** The minute that was read last: what is sent within it says the same. */
let latest = { timestamp: "", at: Number.NaN };

/** Undefined if the header is not a token at all. Says nothing of who made it: see {@link isGenuine}. */
export function parseToken(header: string): Token | undefined {
  const match = /^NHSMESH ([^:\s]+):([^:\s]+):(\d{1,15}):(\d{12}):([0-9a-fA-F]{64})$/.exec(header.trim());
  if (match === null) return undefined;
  const [, mailboxId = "", nonce = "", nonceCountText = "", timestamp = "", hash = ""] = match;
  return { mailboxId, nonce, nonceCount: Number(nonceCountText), nonceCountText, timestamp, hash };
}

/** Whether whoever made the token knows both secrets. Compared in constant time. */
export function isGenuine(token: Token, secrets: TokenSecrets): boolean {
  const given = Buffer.from(token.hash, "hex");
  const expected = sign(token, secrets);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether the token's time is within 2 hours of now, either way. */
export function isCurrent(token: Token, now: Date): boolean {
  // An impossible date is NaN, and no comparison with NaN holds.
  return Math.abs(now.getTime() - tokenTime(token).getTime()) <= toleranceMs;
}

/** The time inside the token, to the minute. Of a date that is none: an invalid one. */
export function tokenTime({ timestamp }: Token): Date {
  if (timestamp !== latest.timestamp) latest = { timestamp, at: readTime(timestamp) };
  return new Date(latest.at);
}

function readTime(text: string): number {
  const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
  return Date.parse(`${day}T${text.slice(8, 10)}:${text.slice(10)}:00Z`);
}

function sign(
  { mailboxId, nonce, nonceCountText, timestamp }: Pick<Token, "mailboxId" | "nonce" | "nonceCountText" | "timestamp">,
  { password, sharedKey }: TokenSecrets,
): Buffer {
  const text = `${mailboxId}:${nonce}:${nonceCountText}:${password}:${timestamp}`;
  return createHmac("sha256", sharedKey).update(text).digest();
}
