import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, stat, unlink } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { codeOf } from "./files.ts";

/** Writes `source` compressed to `path`. Undefined, and nothing left there, if that makes it no smaller. */
export async function gzipIfSmaller(source: FileHandle, bytes: number, path: string): Promise<number | undefined> {
  if (bytes === 0) return undefined;
  await pipeline(readFrom(source, bytes), createGzip(), createWriteStream(path));
  const { size } = await stat(path);
  if (size < bytes) return size;
  await unlink(path);
  return undefined;
}

/** The first `bytes` bytes of an open file, which stays open. */
export function readFrom(source: FileHandle, bytes: number): ReturnType<FileHandle["createReadStream"]> {
  return source.createReadStream({ start: 0, end: bytes - 1, autoClose: false });
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
    await pipeline(createReadStream(source), createGunzip(), limit, createWriteStream(target, { flush: true }));
    return bytes;
  } catch (error) {
    if (error instanceof Oversize || codeOf(error).startsWith("Z_")) return undefined;
    throw error;
  }
}

class Oversize extends Error {}
