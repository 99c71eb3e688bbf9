// What is in a message, for whoever tests with it. Bounded: a body is read no further than is asked for.

import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { LARGEST_BODY } from "@restante/control";

import type { Context } from "../context.ts";
import type { Message } from "../message.ts";

export interface StoredBytes {
  /** As they were sent, chunk after chunk. */
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** @throws {BodyDamaged} */
export async function readBytes(
  { store, bodies }: Pick<Context, "store" | "bodies">,
  message: Message,
  most: number = LARGEST_BODY,
): Promise<StoredBytes> {
  const pieces: Buffer[] = [];
  let left = Math.min(most, LARGEST_BODY);
  for (let chunk = 1; chunk <= message.totalChunks; chunk += 1) {
    const body = await store.body(message, chunk);
    // Not here yet, or no more.
    if (body === undefined) return { bytes: Buffer.concat(pieces), isWhole: false };
    const opened = await bodies.open(body);
    for await (const piece of Buffer.isBuffer(opened) ? [opened] : (opened as AsyncIterable<Buffer>)) {
      pieces.push(piece.subarray(0, left));
      if (piece.length > left) return { bytes: Buffer.concat(pieces), isWhole: false };
      left -= piece.length;
    }
  }
  return { bytes: Buffer.concat(pieces), isWhole: true };
}

const decode = promisify(gunzip);

/** The text of a body that was read, its gzip undone; undefined where it is none. */
export async function textOf({ details }: Message, { bytes, isWhole }: StoredBytes): Promise<string | undefined> {
  if (details.contentEncoding !== "gzip") return utf8(bytes);
  if (!isWhole) return undefined;
  // What is not gzip, or becomes too much, has no text.
  const decoded = await decode(bytes, { maxOutputLength: LARGEST_BODY }).catch(() => undefined);
  return decoded === undefined ? undefined : utf8(decoded);
}

function utf8(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}
