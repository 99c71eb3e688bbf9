import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { DurableError, openDatabase } from "@restante/durable";

/** The journal's tables. A list that has been released never changes: what is new goes into another behind it. */
const migrations: readonly string[] = [
  `
  CREATE TABLE send (
    id INTEGER PRIMARY KEY,
    pair TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
      'waiting', 'sending', 'uploading', 'doubtful', 'held', 'accepted', 'sent', 'failed', 'withdrawn'
    )),
    since INTEGER NOT NULL,
    startedAt INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    noticed TEXT,
    compressed INTEGER NOT NULL DEFAULT 0,
    chunkBytes INTEGER,
    sentChunks INTEGER NOT NULL DEFAULT 0,
    localId TEXT,
    messageId TEXT
  ) STRICT;
  CREATE UNIQUE INDEX oneOpen ON send (pair) WHERE state NOT IN ('sent', 'failed', 'withdrawn');
  CREATE INDEX byLocalId ON send (localId);
  CREATE INDEX byMessageId ON send (messageId);
  CREATE TABLE receipt (messageId TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE filing (id INTEGER PRIMARY KEY, subject TEXT, steps TEXT NOT NULL) STRICT;
  `,
  // What is to be told when a filing is finished, at whatever poll that is; and whether it was begun and could not be.
  `
  ALTER TABLE filing ADD COLUMN tells TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE filing ADD COLUMN stuck INTEGER NOT NULL DEFAULT 0;
  `,
];

/**
 * Opens the journal so that nobody else can. Names of files are overwritten when they are deleted.
 *
 * @throws DurableError; `damaged` also if it is missing or empty, unless it `mayBeNew`
 */
export function openJournalDatabase(folder: string, { mayBeNew }: { mayBeNew: boolean }): DatabaseSync {
  const file = join(folder, "journal.db");
  return openDatabase(file, {
    migrations,
    exclusive: true,
    waitMs: 0,
    pragmas: "PRAGMA secure_delete = ON",
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
