import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DurableError, type Lease, openDatabase } from "@restante/durable";
import { migrations } from "./journal-schema.ts";

export interface JournalOptions {
  /** Whether it may be made where it is missing or empty. */
  readonly mayBeNew: boolean;
  /** Told if what was written to it last may be lost: see durable, lost-journal.ts. */
  readonly onJournalMissing?: ((file: string) => void) | undefined;
  /** Asked before each transaction: see durable, lease.ts. Absent: nobody else can have the folder. */
  readonly lock?: Pick<Lease, "checkNow"> | undefined;
}

/**
 * Opens the journal so that nobody else can. Names of files are overwritten when they are deleted.
 *
 * @throws DurableError; `damaged` also if it is missing or empty, unless it `mayBeNew`
 */
export function openJournalDatabase(folder: string, { mayBeNew, onJournalMissing }: JournalOptions): DatabaseSync {
  const file = join(folder, "journal.db");
  return openDatabase(file, {
    migrations,
    exclusive: true,
    waitMs: 0,
    pragmas: "PRAGMA secure_delete = ON",
    ...(onJournalMissing && { onJournalMissing }),
    beforeMaking: (found) => {
      if (!mayBeNew) throw new DurableError("damaged", file, lost(found, folder), { retry: "never" });
    },
  });
}

function lost(found: "missing" | "empty", folder: string): string {
  return (
    `the journal is ${found}, so nobody can tell what was sent or received: put back a copy of '${folder}'; or, once a ` +
    "person has seen to it that nothing in OUT was sent before and nothing in IN would be taken in twice, remove it"
  );
}
