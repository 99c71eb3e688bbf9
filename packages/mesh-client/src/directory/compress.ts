import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { type FileHandle, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { syncFile } from "@restante/durable";
import { codeOf } from "../error-code.ts";
import { type Damage, DamagedGzip, gunzip as gunzipStream } from "../gunzip.ts";
import { askForRoom, noRoomForIt } from "./room.ts";

const pieceBytes = 256 * 1024;

/** A part of an open file. */
export interface Range {
  readonly start: number;
  /** In bytes, at least 1. */
  readonly length: number;
}

/**
 * Reads a part of an open file, which stays open. (The stream that a FileHandle makes closes it when it is destroyed,
 * whatever `autoClose` says.)
 */
export function readRange(source: FileHandle, range: Range): Readable {
  return Readable.from(piecesOf(source, range), { objectMode: false });
}

async function* piecesOf(source: FileHandle, { start, length }: Range): AsyncGenerator<Buffer, void, undefined> {
  const end = start + length;
  for (let at = start; at < end;) {
    const { bytesRead, buffer } = await source.read(
      Buffer.allocUnsafe(pieceBytes),
      0,
      Math.min(pieceBytes, end - at),
      at,
    );
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** SHA-256 of a part of an open file. */
export async function digestOfRange(source: FileHandle, range: Range): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(source, range)) hash.update(piece);
  return hash.digest("hex");
}

/** Writes a part of an open file, compressed, to `path`, and gives the size. A failure leaves no file. */
export async function gzip(source: FileHandle, range: Range, path: string): Promise<number> {
  const file = writer(path);
  try {
    await pipeline(readRange(source, range), createGzip(), file);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return file.bytesWritten;
}

/** What may become of compressed data. */
export interface GunzipLimits {
  /** How much of the source each chunk is; each is compressed alone. */
  readonly chunkBytes: readonly number[];
  readonly maxBytes: number;
  /** How much more there is room for when there are so many bytes of it: asked again as it grows, since others grow too. */
  readonly room: (bytes: number) => Promise<number>;
}

export type Gunzipped = { readonly bytes: number } | { readonly refused: string };

/** So much may anyone send without compressing it: a request has 100 MB at most. */
const freeBytes = 100_000_000;
/** Of more, no honest document shrinks by as much as this; gzip itself can by 1,032. */
const largestRatio = 200;

/**
 * Writes what `source` decompresses to, synced, to `target`, and gives its size; or says why that cannot be done, and
 * leaves no file: it is not gzip, it becomes too large (a few bytes can stand for more than any disk holds), or there is no
 * room for it.
 */
export async function gunzip(source: string, target: string, limits: GunzipLimits): Promise<Gunzipped> {
  const { maxBytes, room, chunkBytes } = limits;
  const packedBytes = chunkBytes.reduce((sum, length) => sum + length, 0);
  let bytes = 0;
  async function* limited(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    const hasRoomFor = askForRoom(room);
    for await (const piece of pieces) {
      if (bytes + piece.length > maxBytes) throw new Refused("it becomes larger than a message may be");
      if (bytes + piece.length > Math.max(freeBytes, packedBytes * largestRatio)) {
        throw new Refused(`it becomes more than ${largestRatio} times as large`);
      }
      if (!(await hasRoomFor(bytes, piece.length))) throw new Refused(noRoomForIt);
      bytes += piece.length;
      yield piece;
    }
  }
  try {
    await pipeline(piecesOfChunks(source, chunkBytes), limited, writer(target));
    await syncFile(target);
    return { bytes };
  } catch (error) {
    await rm(target, { force: true });
    const refused = reasonOf(error);
    if (refused === undefined) throw error;
    return { refused };
  }
}

async function* piecesOfChunks(source: string, chunkBytes: readonly number[]): AsyncGenerator<Buffer, void, undefined> {
  let start = 0;
  for (const length of chunkBytes) {
    if (length === 0) throw new DamagedGzip("empty");
    yield* gunzipStream(createReadStream(source, { start, end: start + length - 1 }));
    start += length;
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refused) return error.message;
  if (error instanceof DamagedGzip) return damages[error.damage];
  return codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT" ? noRoomForIt : undefined;
}

const damages: Readonly<Record<Damage, string>> = {
  empty: "it is not gzip but empty",
  "not-gzip": "it is not gzip",
  "cut-off": "it ends too soon",
  damaged: "it is damaged",
  "more-behind-its-end": "it has more behind its end",
};

class Refused extends Error {}

/** A file for its owner alone. */
export function writer(path: string): WriteStream {
  return createWriteStream(path, { mode: 0o600 });
}
