import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PracticeError } from "../errors.ts";
import { migrations } from "./schema.ts";

/**
 * Opens the practice's database, making or upgrading it first.
 *
 * WAL with synchronous FULL: a transaction that has committed survives the machine's power, which is what lets a pair
 * be removed from IN, or a message be acknowledged, right after. Another process may have the same file open (to send,
 * or to look): writers wait for each other up to `busy_timeout`.
 */
export function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, "practice.sqlite"), { timeout: 10_000 });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function migrate(database: DatabaseSync): void {
  inTransaction(database, () => {
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > migrations.length) {
      throw new PracticeError("database-newer", "The data folder was written by a newer version of Restante.");
    }
    if (version === migrations.length) return;
    for (const statements of migrations.slice(version)) database.exec(statements);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** All of `work` or nothing. It must not wait for anything: another caller would join its transaction. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
