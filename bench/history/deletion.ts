import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { openDatabase, openToRead } from "@restante/durable";

import { migrations } from "../../packages/mesh-server/src/store/sqlite/schema.ts";

const LOOK_EVERY_MS = 100;
const fortyDays = 40 * 24 * 60 * 60 * 1000;

/** So many messages that are due first are due since a time that is over. Not while a server has the store. */
export function makeDue(folder: string, count: number): void {
  using db = openDatabase(join(folder, "store.sqlite"), { migrations });
  db.prepare(
    `UPDATE message SET due_at = due_at - ?
     WHERE rowid IN (SELECT rowid FROM message WHERE due_at IS NOT NULL ORDER BY due_at LIMIT ?)`,
  ).run(fortyDays, count);
}

export interface Deletion {
  readonly seconds: number;
  /** What was done beside it. */
  readonly done: number;
  /** The most bytes of the journal of what is not in the database yet. */
  readonly journal: number;
}

/** Does work, piece by piece, until nothing is due any more. */
export async function watchDeletion(folder: string, work: () => Promise<number>): Promise<Deletion> {
  using db = openToRead(join(folder, "store.sqlite"));
  const due = db.prepare("SELECT 1 FROM message WHERE due_at <= ? LIMIT 1");
  const began = performance.now();
  const ended = new AbortController();
  let journal = 0;
  const looking = (async () => {
    while (due.get(Date.now()) !== undefined) {
      journal = Math.max(journal, statSync(join(folder, "store.sqlite-wal")).size);
      await pause(LOOK_EVERY_MS);
    }
  })().finally(() => ended.abort());
  let done = 0;
  while (!ended.signal.aborted) done += await work();
  await looking;
  return { seconds: (performance.now() - began) / 1000, done, journal };
}
