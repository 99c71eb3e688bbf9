import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { asDurableError, DurableError } from "./errors.ts";
import { isMissing } from "./exists.ts";
import { inTransaction } from "./in-transaction.ts";
import { findLostJournal, MarkedDatabase } from "./lost-journal.ts";
import { ensurePrivate, makePrivateFile } from "./private.ts";

export interface DatabaseOptions {
  /** Version n is reached by running lists 1 to n. Forward only: a list that has been released never changes. */
  readonly migrations: readonly string[];
  /** What migrations may call, by name, where text is made of text in a way that is said elsewhere. */
  readonly functions?: Readonly<Record<string, (text: string) => string>>;
  /** No other connection, in this process or another, may open it until it is closed; the lock ends with the process. */
  readonly exclusive?: boolean;
  /** How long to wait for another's transaction, in milliseconds. 10 s if absent. */
  readonly waitMs?: number;
  /** Further PRAGMA statements, run before the migrations. */
  readonly pragmas?: string;
  /**
   * May refuse, by throwing, to make tables where there is no file (`missing`), or one without a byte or a table
   * (`empty`): what should be in it may have been lost.
   */
  readonly beforeMaking?: (found: "missing" | "empty") => void;
  /**
   * Told, before it is opened, if whoever had it open last was killed and its journal is gone since: with it what was
   * committed last, unless another program has moved it in. See lost-journal.ts.
   */
  readonly onJournalMissing?: (journal: string) => void;
}

/**
 * Opens a database for its owner alone (0600), making or upgrading it first. Its folder must be there. WAL with
 * synchronous FULL: what has committed survives the loss of power.
 *
 * @throws {DurableError} `held` (with `exclusive`), `damaged`, `too-new`, `not-private`, `disk-full`, `not-permitted`
 */
export function openDatabase(file: string, options: DatabaseOptions): DatabaseSync {
  let database: MarkedDatabase | undefined;
  try {
    const lostJournal = findLostJournal(file);
    // At once: to close it again, should it not be opened, would remove the mark.
    if (lostJournal !== undefined) options.onJournalMissing?.(lostJournal);
    const wasEmpty = makeFile(file, options);
    database = new MarkedDatabase(file, { timeout: options.waitMs ?? 10_000 });
    if (options.exclusive === true) database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    if (options.pragmas !== undefined) database.exec(options.pragmas);
    migrate(database, file, options, wasEmpty);
    database.mark();
    return database;
  } catch (error) {
    database?.close();
    throw asDurableError(error, file);
  }
}

/**
 * Opens a database beside a connection that writes it, to read what that has committed. To be closed before it is: who only
 * reads cannot move the journal in.
 */
export function openToRead(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true });
}

/**
 * Moves the journal of a database that nobody has open, as a process that was killed leaves it, into the database itself.
 *
 * @throws {DurableError} `disk-full`, `not-permitted`, `damaged`
 */
export function settleDatabase(file: string): void {
  let database: MarkedDatabase | undefined;
  try {
    database = new MarkedDatabase(file, { timeout: 10_000 });
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (error) {
    throw asDurableError(error, file);
  } finally {
    database?.close();
  }
}

/**
 * @returns whether it had no byte, which `beforeMaking` has been asked about
 */
function makeFile(file: string, { beforeMaking }: DatabaseOptions): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) beforeMaking?.("missing");
  if (found?.size === 0) beforeMaking?.("empty");
  makePrivateFile(file);
  ensurePrivate(file);
  // Left by a process that was killed. SQLite makes them with the mode of the database; an earlier one may have been open.
  for (const beside of [`${file}-wal`, `${file}-shm`]) ensurePrivateIfThere(beside);
  return found === undefined || found.size === 0;
}

/** Whoever closes the database at this moment removes it. */
function ensurePrivateIfThere(path: string): void {
  try {
    ensurePrivate(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function migrate(
  database: DatabaseSync,
  file: string,
  { migrations, functions = {}, exclusive, beforeMaking }: DatabaseOptions,
  wasEmpty: boolean,
): void {
  inTransaction(
    database,
    () => {
      const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
      if (version > migrations.length) {
        throw new DurableError(
          "too-new",
          file,
          "a later version of Restante wrote it: run that version, or a later one",
          {
            retry: "never",
          },
        );
      }
      // Version 0 with tables is another program's, or one whose header was lost.
      if (version === 0 && hasTables(database)) {
        throw new DurableError("damaged", file, "it is a database, but not one of Restante's", { retry: "never" });
      }
      if (version === migrations.length) return;
      if (version === 0 && !wasEmpty) beforeMaking?.("empty");
      for (const [name, make] of Object.entries(functions)) {
        database.function(name, { deterministic: true }, (text) => make(String(text)));
      }
      for (const statements of migrations.slice(version)) database.exec(statements);
      database.exec(`PRAGMA user_version = ${migrations.length}`);
    },
    exclusive === true ? "EXCLUSIVE" : "IMMEDIATE",
  );
}

function hasTables(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined;
}
