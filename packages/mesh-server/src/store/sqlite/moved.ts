// A store whose messages were moved elsewhere (../../move/) is closed for ever: whoever opened it would serve, and take in, what
// another server has. So its version is one that no program has, and an earlier one refuses it as too new; beside it stands
// where it went. Both are one transaction, and end in the file itself, not in its -wal: a copy of the file is closed too.

import type { DatabaseSync } from "node:sqlite";

import { inTransaction, openToRead } from "@restante/durable";

import { MeshServerError } from "../../errors.ts";

const MOVED_VERSION = 1_000_000_000;

export interface Moved {
  /** Of the move, in both stores. */
  readonly moveId: string;
  /** In a person's words. */
  readonly to: string;
  readonly at: Date;
}

/** What it writes is in the -wal: it is for whoever marks it to move it into the file (`wal_checkpoint`). */
export function markMoved(db: DatabaseSync, { moveId, to, at }: Moved): void {
  inTransaction(db, () => {
    db.exec("CREATE TABLE moved (move_id TEXT NOT NULL, moved_to TEXT NOT NULL, at INTEGER NOT NULL) STRICT");
    db.prepare("INSERT INTO moved VALUES (?, ?, ?)").run(moveId, to, at.getTime());
    db.exec(`PRAGMA user_version = ${MOVED_VERSION}`);
  });
}

/** Of a store that is there; undefined if it was not moved. */
export function readMoved(file: string): Moved | undefined {
  using db = openToRead(file);
  if (readVersion(db) !== MOVED_VERSION) return undefined;
  const row = db.prepare("SELECT move_id, moved_to, at FROM moved").get();
  if (row === undefined) return undefined;
  return { moveId: row["move_id"] as string, to: row["moved_to"] as string, at: new Date(row["at"] as number) };
}

export function readVersion(db: DatabaseSync): number {
  return db.prepare("PRAGMA user_version").get()?.["user_version"] as number;
}

export function movedError(file: string, { to, at }: Moved): MeshServerError {
  return new MeshServerError(
    "store-moved",
    `${file}: what it held was moved to ${to} on ${at.toISOString().slice(0, 10)}, and it is closed: name that in the settings (store, bodies), or another data folder`,
  );
}
