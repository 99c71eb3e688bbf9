// A process on another machine may still have a database open that it has lost. Where the locks of a disk do not reach from one
// machine to another, what it commits late, and the journal that it moves in and removes when it closes, would damage what the
// new one writes. So the new one works in a file of its own, under the same name:
//
//   journal (`-wal`) copied, then the database --> opened, so that the journal goes into it, synced --> renamed to the name
//   --> mark and journal of the old one removed, folder synced
//
// SQLite neither moves in nor removes the journal of a database that is no longer the one under its name. Killed before the
// rename, nothing has happened, but for a hidden copy. Killed after it, the old journal is read once more into what holds it already.

import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { asDurableError } from "./errors.ts";
import { renameFile } from "./rename-file.ts";
import { syncFile, syncFolder } from "./sync.ts";

/**
 * Gives a database that is not open on this machine a new file. What was committed stays; what is committed to the old one from
 * now on is lost. Does nothing where there is none.
 */
export async function separateDatabase(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const folder = dirname(file);
  const copy = join(folder, `.${basename(file)}.${randomBytes(4).toString("hex")}`);
  try {
    // A journal that is missing is for the opening to tell.
    const hasJournal = existsSync(`${file}-wal`);
    // In this order: whatever the other moves from its journal into the database meanwhile is in the copy of the journal.
    if (hasJournal) copyFileSync(`${file}-wal`, `${copy}-wal`);
    copyFileSync(file, copy);
    const database = new DatabaseSync(copy);
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      database.close();
    }
    await syncFile(copy);
    await renameFile(copy, file);
    for (const end of hasJournal ? ["-open", "-wal", "-shm"] : []) rmSync(file + end, { force: true });
  } catch (error) {
    throw asDurableError(error, file);
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(copy + end, { force: true });
  }
  await syncFolder(folder);
}
