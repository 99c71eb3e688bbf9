import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { DamagedGzip, gunzip as decompress } from "../gunzip.ts";

const pieceBytes = 64 * 1024;

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
export async function digestOf(source: FileHandle, range: Range): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(source, range)) hash.update(piece);
  return hash.digest("hex");
}

/** Writes a part of an open file, compressed, to `path`, and gives the size. */
export async function gzip(source: FileHandle, range: Range, path: string): Promise<number> {
  const file = createWriteStream(path);
  await pipeline(readRange(source, range), createGzip(), file);
  return file.bytesWritten;
}

/**
 * Writes what `source` decompresses to, synced, to `target`, and gives its size. Undefined if it is not gzip or becomes
 * larger than `maxBytes`: a few bytes can stand for more than any disk holds.
 */
export async function gunzip(source: string, target: string, maxBytes: number): Promise<number | undefined> {
  let bytes = 0;
  const limit = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      if (bytes > maxBytes) done(new Oversize());
      else done(null, piece);
    },
  });
  try {
    await pipeline(decompress(createReadStream(source)), limit, createWriteStream(target, { flush: true }));
    return bytes;
  } catch (error) {
    if (error instanceof Oversize || error instanceof DamagedGzip) return undefined;
    throw error;
  }
}

class Oversize extends Error {}
