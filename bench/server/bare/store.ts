// One row a message, its body in it unless that is in a file. What came during a turn of the event loop is committed at its end, as one group with
// one sync, on the thread that serves: while the disk syncs, what comes next gathers at the sockets. Nothing is simpler,
// and no thread has to be spoken to.

import { join } from "node:path";

import { inTransaction, openDatabase } from "@restante/durable";

const migrations = [
  `CREATE TABLE message (
     id INTEGER PRIMARY KEY,
     recipient TEXT NOT NULL,
     listed INTEGER NOT NULL,
     sender TEXT NOT NULL,
     workflow TEXT NOT NULL,
     size INTEGER NOT NULL,
     body BLOB,
     file TEXT
   ) STRICT;
   CREATE INDEX inbox ON message (recipient, id) WHERE listed = 1;`,
];

export interface NewMessage {
  readonly recipient: string;
  readonly sender: string;
  readonly workflow: string;
  readonly size: number;
  readonly body: StoredBody;
}

/** Its bytes, or the name of its file. */
export type StoredBody = Uint8Array | string;

export interface BareStore {
  /** Resolves with its id once it is on disk. */
  add(message: NewMessage): Promise<number>;
  list(recipient: string): number[];
  /** Undefined if there is no such message for this recipient. */
  find(recipient: string, id: number): Pick<NewMessage, "size" | "body"> | undefined;
  /** Resolves once it is on disk. */
  acknowledge(recipient: string, id: number): Promise<void>;
  close(): void;
}

interface Waiting {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function openBareStore(folder: string): BareStore {
  // Synced at each commit (FULL), as every database that durable opens.
  const db = openDatabase(join(folder, "bare.sqlite"), { migrations });
  const insert = db.prepare("INSERT INTO message VALUES (?, ?, 1, ?, ?, ?, ?, ?)");
  const select = db.prepare("SELECT id FROM message WHERE recipient = ? AND listed = 1 ORDER BY id LIMIT 500");
  const selectBody = db.prepare("SELECT size, body, file FROM message WHERE id = ? AND recipient = ?");
  const update = db.prepare("UPDATE message SET listed = 0 WHERE id = ? AND recipient = ?");
  let { last } = db.prepare("SELECT coalesce(max(id), 0) AS last FROM message").get() as { last: number };
  let waiting: Waiting[] = [];

  function submit(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (waiting.push({ write, resolve, reject }) === 1) setImmediate(commit);
    });
  }

  function commit(): void {
    const group = waiting;
    waiting = [];
    try {
      inTransaction(db, () => {
        for (const { write } of group) write();
      });
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    async add({ recipient, sender, workflow, size, body }) {
      const id = (last += 1);
      const [bytes, file] = typeof body === "string" ? [null, body] : [body, null];
      await submit(() => void insert.run(id, recipient, sender, workflow, size, bytes, file));
      return id;
    },
    list: (recipient) => select.all(recipient).map((row) => row["id"] as number),
    find(recipient, id) {
      const row = selectBody.get(id, recipient);
      return row && { size: row["size"] as number, body: (row["body"] ?? row["file"]) as StoredBody };
    },
    acknowledge: (recipient, id) => submit(() => void update.run(id, recipient)),
    close: () => db.close(),
  };
}
