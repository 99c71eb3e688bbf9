// The embedded engine: one SQLite database, one thread that writes it (writer.ts), and reads beside it.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { MeshServerError } from "../../errors.ts";
import { makeFolder, syncFolder } from "../../folders.ts";
import { once } from "../../once.ts";
import type { StoredBody } from "../../bodies/bodies.ts";
import type { AcceptOutcome, ApplyOutcome, ChunkOutcome, Store } from "../store.ts";
import { type GroupCommit, startGroupCommit } from "./group-commit.ts";
import { createReads } from "./reads.ts";
import { prepareTables, prepareWriter } from "./schema.ts";

/**
 * @param folder made if it is absent
 * @param onStopped told once, when a write fails for good
 * @throws {MeshServerError} `store-in-use`, `store-too-new`
 */
export async function openSqliteStore(folder: string, onStopped: (reason: string) => void): Promise<Store> {
  await makeFolder(folder);
  const lock = lockFolder(folder);
  const file = join(folder, "store.sqlite");
  try {
    makeTables(file);
    // The database's own name must be on disk before anything is said to be.
    await syncFolder(folder);
    const commits = await startGroupCommit(file, onStopped);
    return createStore(new DatabaseSync(file, { readOnly: true }), commits, lock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

function createStore(db: DatabaseSync, commits: GroupCommit, lock: DatabaseSync): Store {
  const reads = createReads(db);
  return {
    accept: (acceptance) =>
      commits.submit({ kind: "accept", acceptance }, weight(acceptance.body)) as Promise<AcceptOutcome>,
    addChunk: (arrival) => commits.submit({ kind: "chunk", arrival }, weight(arrival.body)) as Promise<ChunkOutcome>,
    apply: (change, token) =>
      commits.submit({ kind: "apply", change, ...(token !== undefined && { token }) }) as Promise<ApplyOutcome>,
    async useToken(token) {
      await commits.submit({ kind: "token", token });
    },
    wasUsed: async (token) => reads.wasUsed(token),
    find: async (...words) => reads.find(...words),
    findDelivered: async (...words) => reads.findDelivered(...words),
    exists: async (...words) => reads.exists(...words),
    findByLocalId: async (...words) => reads.findByLocalId(...words),
    body: async (...words) => reads.body(...words),
    listAfter: async (...words) => reads.listAfter(...words),
    sequenceOf: async (...words) => reads.sequenceOf(...words),
    countInbox: async (...words) => reads.countInbox(...words),
    listRouting: async (...words) => reads.listRouting(...words),
    listDue: async (...words) => reads.listDue(...words),
    namesBodyFile: async (...words) => reads.namesBodyFile(...words),
    async holdRouting({ mailboxId, messageId }, tries, nextTryAt) {
      await commits.submit({ kind: "hold", mailboxId, messageId, tries, nextTryAt });
    },
    remove: ({ mailboxId, messageId }) =>
      commits.submit({ kind: "remove", mailboxId, messageId }) as Promise<StoredBody[]>,
    removeBodies: ({ mailboxId, messageId }) =>
      commits.submit({ kind: "remove-bodies", mailboxId, messageId }) as Promise<StoredBody[]>,
    async forgetTokens(now) {
      await commits.submit({ kind: "forget-tokens", now });
    },
    [Symbol.asyncDispose]: once(async () => {
      // The writer is the last to close: it empties the journal into the database.
      db.close();
      await commits.close();
      lock.close();
    }),
  };
}

function makeTables(file: string): void {
  const db = new DatabaseSync(file);
  try {
    prepareWriter(db);
    prepareTables(db);
  } finally {
    db.close();
  }
}

/** A lock that the operating system lifts when the process ends, however it ends. */
function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, "store.lock"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return lock;
  } catch (cause) {
    lock.close();
    throw new MeshServerError("store-in-use", "Another server uses this data folder.", { cause });
  }
}

function weight(body: StoredBody): number {
  return body.kind === "inline" ? body.size : 0;
}
