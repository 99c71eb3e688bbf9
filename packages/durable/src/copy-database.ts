import { closeSync, fsyncSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { asDurableError } from "./errors.ts";
import { makePrivateFile } from "./private.ts";

/**
 * Writes what a database holds now, as of its last commit, into a new file for its owner alone (0600), which is on disk
 * when this returns; its name is once its folder is synced. Not in a transaction. Others read and write meanwhile.
 * A failure may leave half a file: it is for whoever named it to remove.
 *
 * @throws {DurableError} `disk-full`, `not-permitted`
 */
export function copyDatabase(database: DatabaseSync, file: string): void {
  try {
    makePrivateFile(file);
    // It takes an empty file as it takes none.
    database.prepare("VACUUM INTO ?").run(file);
    const descriptor = openSync(file, "r+");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw asDurableError(error, file);
  }
}

/**
 * Does something while a second database can be read under a name of its own (`name.table`). Not in a transaction; `work`
 * may begin one, which may write the first database alone: of two it would not be one.
 */
export function withAttached<Result>(database: DatabaseSync, file: string, name: string, work: () => Result): Result {
  database.prepare(`ATTACH ? AS ${name}`).run(file);
  try {
    return work();
  } finally {
    database.exec(`DETACH ${name}`);
  }
}
