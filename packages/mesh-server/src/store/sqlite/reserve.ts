// Room on the disk that is kept for acknowledging, forgetting and deleting: a file of random bytes (which no file system
// makes smaller) beside the database.
//
//   held      it is there whole. What is new is taken.
//   given     the disk was full: its room went to the database, piece by piece. Nothing new is taken.
// It is made again as soon as there is room for it twice.

import { randomFillSync } from "node:crypto";
import { open, statfs } from "node:fs/promises";
import { statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { asDurableError, DurableError, syncFile } from "@restante/durable";

export interface Reserve {
  isHeld(): boolean;
  /** It is the writer's to take apart (`takeRoom`). */
  give(): { file: string; bytes: number };
  /**
   * Makes it, if it is not there and there is room. Resolves to whether it is held.
   * @throws {DurableError} what keeps it from being made that is no want of room
   */
  make(): Promise<boolean>;
}

const PIECE = 1024 * 1024;
const PIECES = 16;
/** Where a quota refuses what the disk seems to have room for, it is tried no more often. */
const TRY_AGAIN_MS = 60_000;

export async function openReserve(file: string, bytes: number): Promise<Reserve> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === false) {
    throw new DurableError("unusable", file, "it is no file: move it away", { retry: "never" });
  }
  let held = (found?.size ?? 0) >= bytes;
  let refusedAt = -Infinity;
  // Left whole by a run before, on a disk that others have filled meanwhile: SQLite needs room to open at all.
  if (held && (await freeBytes(dirname(file))) < PIECE) {
    held = false;
    shorten(file, 0);
  }

  async function make(): Promise<boolean> {
    if (held || performance.now() - refusedAt < TRY_AGAIN_MS) return held;
    if ((await freeBytes(dirname(file))) < 2 * bytes) return false;
    try {
      await fill(file, bytes);
      held = true;
    } catch (error) {
      refusedAt = performance.now();
      shorten(file, 0);
      const failure = asDurableError(error, file);
      if (!(failure instanceof DurableError) || failure.code !== "disk-full") throw failure;
    }
    return held;
  }

  return {
    isHeld: () => held,
    give() {
      held = false;
      return { file, bytes };
    },
    make,
  };
}

/**
 * Takes the reserve apart, and its room for the database. Others may be quick to take what becomes free: so it becomes
 * free a piece at a time, and each piece is used at once. Twice as much is given back as is used.
 *
 * First rows of nothing make the journal longer, which is written over from its beginning ever after; then the journal
 * goes into the database, with what waited in it; then the rows are deleted, and their pages are there for new ones.
 *
 * @param isFull whether an error says no more than that others were quicker
 */
export function takeRoom(
  db: DatabaseSync,
  { file, bytes }: { file: string; bytes: number },
  isFull: (error: unknown) => boolean,
): void {
  const insert = db.prepare("INSERT INTO room VALUES (zeroblob(?))");
  const piece = Math.floor(bytes / PIECES);
  for (let left = PIECES - 1; left >= 0; left -= 1) {
    // Empty it stays, as a trace of the store: see lost-store.ts.
    shorten(file, left * piece);
    try {
      if (left >= PIECES / 2) insert.run(Math.floor(piece / 4));
      else db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }
  // Their pages need not be written once more: they never held anything.
  db.exec("PRAGMA secure_delete = OFF");
  try {
    db.exec("DELETE FROM room; PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    if (!isFull(error)) throw error;
  } finally {
    db.exec("PRAGMA secure_delete = ON");
  }
}

function shorten(file: string, bytes: number): void {
  try {
    truncateSync(file, bytes);
  } catch {
    // Not there, or it cannot be: then it helps nobody, and what cannot be written is refused.
  }
}

async function fill(file: string, bytes: number): Promise<void> {
  {
    await using handle = await open(file, "w", 0o600);
    const piece = randomFillSync(Buffer.alloc(Math.min(PIECE, bytes)));
    for (let left = bytes; left > 0; left -= piece.length) {
      await handle.writeFile(left < piece.length ? piece.subarray(0, left) : piece);
    }
  }
  await syncFile(file);
}

/** What this user may still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
