// How a body comes in, wherever it is kept: one that stays small is gathered in memory and given back, for its row. The first
// byte beyond begins to be written where large ones lie. The digest of what came goes with it, and is what it is held against
// whenever it is read (open-body.ts).

import { hash as hashOf, randomBytes } from "node:crypto";
import { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { bodyTooLarge, type StoredBody } from "./bodies.ts";
import { gather } from "./gather.ts";
import { GATHERED_BYTES } from "./write-pieces.ts";

/** Whoever sends a byte at a time has a hundred bytes of memory used for each. */
const GATHERED_PIECES = 128;

/** A large body on its way to where it is to lie. */
export interface Writing {
  /** Resolves when more may come. */
  take(pieces: readonly Uint8Array[]): Promise<void>;
  /** Resolves with the SHA-256 of all when it lies there for good. */
  finish(): Promise<Uint8Array>;
  /** Leaves nothing of it, as far as that can be: what is left is the sweep's. Never fails. */
  giveUp(): Promise<void>;
}

/** What is known of a large body when it begins. */
export interface Coming {
  /** What Content-Length says. */
  expectedBytes: number | undefined;
  /** Whether nobody else has to do with the pieces: then their memory is let go of at once. */
  isOurs: boolean;
  /** Whoever sends it has gone before its end. */
  signal: AbortSignal;
}

export interface ReceiveOptions {
  smallBytes: number;
  maxBytes: number;
  expectedBytes?: number;
  /** Told how much has come, before it is written. */
  onSize?: (size: number) => void;
}

/**
 * @param begin with the name that its row is to have for it
 * @throws {MeshServerError} `body-too-large`, `body-cut-short`, and what `begin` and its writing throw
 */
export async function receiveBody(
  source: Readable,
  name: string,
  { smallBytes, maxBytes, expectedBytes, onSize = () => undefined }: ReceiveOptions,
  begin: (fileName: string, coming: Coming) => Promise<Writing>,
): Promise<StoredBody> {
  let next = await gathered(source, Math.min(smallBytes, maxBytes));
  let { size } = next;
  if (next.isEnd) {
    if (expectedBytes !== undefined && size !== expectedBytes) throw cutShort();
    const bytes = together(next.pieces, size);
    return { kind: "inline", size, bytes, sha256: hashOf("sha256", bytes, "buffer") };
  }
  if (size > maxBytes) throw bodyTooLarge(maxBytes);
  // A chunk that is sent again must not overwrite the file that its row names now.
  const fileName = `${name}.${randomBytes(4).toString("hex")}`;
  // What a request has read is given to whoever listens, and to nobody else.
  const isOurs = source instanceof IncomingMessage;
  const writing = await begin(fileName, { expectedBytes, isOurs, signal: untilGone(source) });
  try {
    for (;;) {
      onSize(size);
      await writing.take(next.pieces);
      if (next.isEnd) break;
      next = await gathered(source, Math.min(GATHERED_BYTES, maxBytes - size), GATHERED_PIECES);
      size += next.size;
      if (size > maxBytes) throw bodyTooLarge(maxBytes);
    }
    if (expectedBytes !== undefined && size !== expectedBytes) throw cutShort();
    return { kind: "file", size, fileName, sha256: await writing.finish() };
  } catch (error) {
    await writing.giveUp();
    throw error;
  }
}

async function gathered(...words: Parameters<typeof gather>): ReturnType<typeof gather> {
  try {
    return await gather(...words);
  } catch (error) {
    const code = Error.isError(error) && "code" in error ? error.code : undefined;
    // The client went away, or its time was up: nothing was stored.
    if (code === "ECONNRESET" || code === "ABORT_ERR" || code === "ERR_STREAM_PREMATURE_CLOSE") {
      throw cutShort(error as Error);
    }
    throw error;
  }
}

function untilGone(source: Readable): AbortSignal {
  const gone = new AbortController();
  const look = (): void => {
    if (source.readableAborted) gone.abort(cutShort());
  };
  source.once("close", look);
  look();
  return gone.signal;
}

/** In memory of its own: to the writer a body goes with all that it lies in, and small Buffers lie in one of 64 KB. */
function together(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

function cutShort(cause?: Error): MeshServerError {
  return new MeshServerError("body-cut-short", "The body ended before its length.", { cause, retry: "safe" });
}
