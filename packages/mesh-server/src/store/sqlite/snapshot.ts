// What a store holds, in a file of its own, and back. Both are done by the thread that writes, between two groups, so that
// what was answered before is in the file, and nothing is written while it is taken in.
//
// A restore is one transaction. What belongs to the same state and lies elsewhere (the clock, faults) is kept in it as text,
// in a table that is there as long as that has not been put in its place: whoever opens the store before that was done does it
// then. So a kill at any point leaves the old state or the new one.

import type { DatabaseSync } from "node:sqlite";

import { copyDatabase, inTransaction, openDatabase, withAttached } from "@restante/durable";

import { MeshServerError } from "../../errors.ts";
import type { Removed, Saved } from "../rewindable.ts";
import { migrations } from "./schema.ts";

/** What the writer does alone, between two groups: none of it can be a part of a transaction. */
export type Errand = { kind: "save"; file: string } | { kind: "restore"; file: string; parts: string };

export function runErrand(db: DatabaseSync, errand: Errand): Saved | Removed {
  return errand.kind === "save" ? save(db, errand.file) : restore(db, errand.file, errand.parts);
}

function save(db: DatabaseSync, file: string): Saved {
  copyDatabase(db, file);
  return { messages: countMessages(db), bodyFiles: bodyFiles(db) };
}

/** Not the tokens, nor what was seen of the machine's clock: they are of the real time. Not `numbering`: see below. */
const tables = ["message", "delivery", "chunk", "given_chunk", "routing", "mailbox", "closed_mailbox"] as const;

function restore(db: DatabaseSync, file: string, parts: string): Removed {
  return withAttached(db, file, "snapshot", () =>
    inTransaction(db, () => {
      const unnamed = db
        .prepare(
          `SELECT file_name FROM main.chunk WHERE file_name IS NOT NULL
           EXCEPT SELECT file_name FROM snapshot.chunk WHERE file_name IS NOT NULL`,
        )
        .all();
      for (const table of tables) {
        // What a sender has sent is in the order of the rows.
        const order = table === "message" ? "ORDER BY rowid" : "";
        db.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM snapshot.${table} ${order}`);
      }
      // Of a store from before mailboxes had numbers of their own, brought here from another folder: what its mailboxes had
      // for a floor without a row of theirs they have in one (numbers.ts).
      db.exec(
        `INSERT OR IGNORE INTO main.mailbox (mailbox_id, floor, departure_floor)
         SELECT DISTINCT recipient_id, numbering.floor, numbering.floor FROM snapshot.delivery CROSS JOIN snapshot.numbering`,
      );
      db.exec("CREATE TABLE IF NOT EXISTS unfinished_restore (parts TEXT NOT NULL); DELETE FROM unfinished_restore");
      db.prepare("INSERT INTO unfinished_restore VALUES (?)").run(parts);
      return { messages: countMessages(db), bodyFiles: unnamed.map((row) => row["file_name"] as string) };
    }),
  );
}

/** Of any connection, by whoever has no statement prepared: the table is there for moments. */
export function readUnfinishedRestore(db: DatabaseSync): string | undefined {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'unfinished_restore'").get() !== undefined;
  return isThere ? (db.prepare("SELECT parts FROM unfinished_restore").get()?.["parts"] as string) : undefined;
}

export function finishRestore(db: DatabaseSync): void {
  db.exec("DROP TABLE IF EXISTS unfinished_restore");
}

/** The body files that a saved file names. One that an earlier version saved is brought to this one. */
export function readBodyFiles(file: string): string[] {
  using saved = openDatabase(file, {
    migrations,
    beforeMaking() {
      throw new MeshServerError("snapshot-failed", `${file}: it is missing or empty`);
    },
  });
  return bodyFiles(saved);
}

function bodyFiles(db: DatabaseSync): string[] {
  const rows = db.prepare("SELECT file_name FROM chunk WHERE file_name IS NOT NULL").all();
  return rows.map((row) => row["file_name"] as string);
}

function countMessages(db: DatabaseSync): number {
  return db.prepare("SELECT count(*) AS messages FROM message").get()?.["messages"] as number;
}
