// HMAC-SHA256 (RFC 2104) of short texts under few keys, as a server is asked for with every request: two digests in one
// call each, the key's two blocks kept. An object of node:crypto for each takes three times as long, and is garbage that
// is slow to gather.

import { hash } from "node:crypto";

const BLOCK = 64;
const DIGEST = 32;
/** Of a text in UTF-8 at most; for a longer one there is memory of its own. */
const ROOM = 2048;
const MOST_KEYS = 10;

interface Blocks {
  /** The key's block, and room for the text. */
  readonly inner: Buffer;
  /** The key's block, and room for the inner digest. */
  readonly outer: Buffer;
}

const byKey = new Map<string, Blocks>();

/** As 64 hex digits, lower case. */
export function hmacSha256(key: string, text: string): string {
  const { inner, outer } = blocksOf(key);
  outer.write(hash("sha256", withText(inner, text), "hex"), BLOCK, "hex");
  return hash("sha256", outer, "hex");
}

function withText(inner: Buffer, text: string): Buffer {
  // No unit of UTF-16 is more than 3 bytes.
  if (text.length * 3 > ROOM) return Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text)]);
  return inner.subarray(0, BLOCK + inner.write(text, BLOCK));
}

function blocksOf(key: string): Blocks {
  const known = byKey.get(key);
  if (known !== undefined) return known;
  const blocks = { inner: Buffer.alloc(BLOCK + ROOM), outer: Buffer.alloc(BLOCK + DIGEST) };
  const bytes = Buffer.from(key);
  const short = bytes.byteLength > BLOCK ? hash("sha256", bytes, "buffer") : bytes;
  for (let at = 0; at < BLOCK; at += 1) {
    const byte = short[at] ?? 0;
    blocks.inner[at] = byte ^ 0x36;
    blocks.outer[at] = byte ^ 0x5c;
  }
  if (byKey.size >= MOST_KEYS) byKey.clear();
  byKey.set(key, blocks);
  return blocks;
}
