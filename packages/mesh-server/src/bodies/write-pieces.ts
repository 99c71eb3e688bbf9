// What comes of a large body, on its way into its file and through its digest. What the disk and the digest are at work on is
// left to them while the next comes: so that two pieces are held of a body, of 1 MB each.

import type { FileHandle } from "node:fs/promises";

import { beginDigest, isDigestedBeside, sharedBytes } from "./digests.ts";

/** Before the disk is asked to take it: a socket hands out 64 KB at a time, TLS 16 KB. */
export const GATHERED_BYTES: number = 1024 * 1024;

export interface PieceWriter extends Disposable {
  /** Resolves when those before are written, and more may come. */
  take(pieces: readonly Uint8Array[]): Promise<void>;
  /** Resolves with the SHA-256 of all when they are written. */
  end(): Promise<Uint8Array>;
}

/**
 * @param size of the body, as far as it is known
 * @param isOurs whether nobody else has to do with the pieces: then their memory is let go of at once
 */
export function writePieces(handle: FileHandle, { size, isOurs }: { size: number; isOurs: boolean }): PieceWriter {
  const isShared = isDigestedBeside(size);
  const digest = beginDigest(isShared);
  const place = isShared ? inShared() : (pieces: readonly Uint8Array[]): readonly Uint8Array[] => pieces;
  let written: Promise<unknown> = Promise.resolve();
  return {
    async take(pieces) {
      await written;
      const own = place(pieces);
      written = Promise.all([writeAll(handle, own), ...own.map((piece) => digest.update(piece))]);
      written.catch(() => undefined);
      if (isOurs && isShared) letGo(pieces);
    },
    async end() {
      await written;
      return digest.digest();
    },
    [Symbol.dispose]: () => digest[Symbol.dispose](),
  };
}

/** Without waiting for V8 to find out, which looks for garbage when 32 MB of such memory has come, and at all there is. */
export function letGo(pieces: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of pieces) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
}

/** Copies pieces into memory that is shared, and used again for the next: a copy is a small part of what it spares. */
function inShared(): (pieces: readonly Uint8Array[]) => readonly Uint8Array[] {
  let memory = sharedBytes(0);
  return (pieces) => {
    const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (memory.byteLength < size) memory = sharedBytes(Math.max(size, GATHERED_BYTES + 65_536));
    let at = 0;
    for (const piece of pieces) {
      memory.set(piece, at);
      at += piece.byteLength;
    }
    return [memory.subarray(0, size)];
  };
}

/** A disk that takes a part of it is asked again for the rest. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  let left = pieces;
  while (left.length > 0) {
    let { bytesWritten: taken } = await handle.writev(left);
    const from = left.findIndex(({ byteLength }) => {
      if (taken < byteLength) return true;
      taken -= byteLength;
      return false;
    });
    left = from < 0 ? [] : [left[from]!.subarray(taken), ...left.slice(from + 1)];
  }
}
