// Room on the disk that is kept for acknowledging, forgetting and deleting: a file of random bytes (which no file system
// makes smaller) beside the database.
//
//   held      it is there whole. What is new is taken.
//   let go    the disk was full: its room was given to the database (writer.ts). Nothing new is taken.
// It is made again as soon as there is room for it twice.

import { randomFillSync } from "node:crypto";
import { open, statfs } from "node:fs/promises";
import { statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";

export interface Reserve {
  isHeld(): boolean;
  /** Gives its room back to the disk, at once. */
  letGo(): void;
  /** Makes it, if it is not there and there is room. Resolves to whether it is held. */
  make(): Promise<boolean>;
}

const PIECE = 1024 * 1024;
/** Where a quota refuses what the disk seems to have room for, it is tried no more often. */
const TRY_AGAIN_MS = 60_000;

export async function openReserve(file: string, bytes: number): Promise<Reserve> {
  let held = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= bytes;
  let refusedAt = -Infinity;
  // Left whole by a run before, on a disk that others have filled meanwhile: SQLite needs room to open at all.
  if (held && (await freeBytes(dirname(file))) < PIECE) letGo();

  function letGo(): void {
    held = false;
    try {
      // Empty it stays, as a trace of the store: see lost-store.ts.
      if (statSync(file, { throwIfNoEntry: false }) !== undefined) truncateSync(file);
    } catch {
      // Then it helps nobody; what cannot be written is refused.
    }
  }

  async function make(): Promise<boolean> {
    if (held || performance.now() - refusedAt < TRY_AGAIN_MS) return held;
    if ((await freeBytes(dirname(file))) < 2 * bytes) return false;
    try {
      await fill(file, bytes);
      held = true;
    } catch {
      refusedAt = performance.now();
      letGo();
    }
    return held;
  }

  return { isHeld: () => held, letGo, make };
}

async function fill(file: string, bytes: number): Promise<void> {
  await using handle = await open(file, "w", 0o600);
  const piece = randomFillSync(Buffer.alloc(Math.min(PIECE, bytes)));
  for (let left = bytes; left > 0; left -= piece.length) {
    await handle.writeFile(left < piece.length ? piece.subarray(0, left) : piece);
  }
  await handle.sync();
}

/** What this user may still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
