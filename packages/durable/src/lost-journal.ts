// What was committed last is in a database's journal (`-wal`) until SQLite moves it into the database itself. Whoever is the
// last to close the database removes the journal; a process that was killed leaves it, and the next to open the database
// goes on from it. If it is removed in between, SQLite says nothing: what was committed last is gone without a word.
//
// So a mark, `-open`, lies beside a database while somebody has it open:
//
//   made      once the database is open, and its journal there
//   removed   by whoever closes the database and finds the journal gone, as it is for the last of them
//
// A process that ends without having closed its databases, other than by being killed, closes them as it ends: Node would, too
// late for the mark.
//
// A mark without a journal, before an opening: a process was killed, and the journal has been removed since. Another program
// that opened the database, and was the last to close it, leaves the same traces, and so does a kill in the moment between the two
// removals: nothing is lost then. That cannot be told apart, so it is told as what may be.

import { existsSync, realpathSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { asDurableError, DurableError } from "./errors.ts";
import { makePrivateFile } from "./private.ts";

/** Nobody takes so long between the two removals, unless killed there. */
const LOOKS = 20;
const BETWEEN_LOOKS_MS = 10;

/**
 * The path of the journal that is gone, with what was committed last. To be asked before the database is opened. Who closes it
 * at this moment may have come to the journal and not to the mark: what is so at one look, and not at all, is not told.
 */
export function findLostJournal(file: string): string | undefined {
  for (let look = 0; look < LOOKS; look += 1) {
    if (!isJournalLost(file)) return undefined;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS_MS);
  }
  return journalOf(file);
}

function isJournalLost(file: string): boolean {
  const hasBytes = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  return hasBytes && existsSync(markOf(file)) && !existsSync(journalOf(file));
}

/** Of this process, or of this thread of it. */
const open = new Set<MarkedDatabase>();

function closeAll(): void {
  for (const database of open) database.close();
}

/** A connection that has its mark beside its file, however it is closed. */
export class MarkedDatabase extends DatabaseSync {
  readonly #file: string;

  constructor(file: string, options: { timeout: number }) {
    super(file, options);
    this.#file = file;
    if (open.size === 0) process.once("exit", closeAll);
    open.add(this);
  }

  /** To be called once the journal is there. */
  mark(): void {
    try {
      makePrivateFile(markOf(this.#file));
    } catch (error) {
      // On a full disk the database itself may still be written, in place: without a mark, no more is lost.
      const failure = asDurableError(error, this.#file);
      if (!(failure instanceof DurableError) || failure.code !== "disk-full") throw failure;
    }
  }

  override close(): void {
    super.close();
    open.delete(this);
    if (open.size === 0) process.removeListener("exit", closeAll);
    if (existsSync(journalOf(this.#file))) return;
    try {
      rmSync(markOf(this.#file), { force: true });
    } catch {
      // In a folder that may not be written any more. It is told at the next opening, for nothing; to fail here would help
      // nobody, since all of the database is on disk.
    }
  }

  override [Symbol.dispose](): void {
    if (this.isOpen) this.close();
  }
}

function markOf(file: string): string {
  return `${placeOf(file)}-open`;
}

function journalOf(file: string): string {
  return `${placeOf(file)}-wal`;
}

/** Where a link leads: SQLite lays the journal there. */
function placeOf(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}
