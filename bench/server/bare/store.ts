// One row a message, its body in it unless that is in a file. Used tokens are known from memory alone.

import { join } from "node:path";

import { openDatabase } from "@restante/durable";

import { createGroupCommit } from "./group-commit.ts";
import type { Token } from "./token.ts";

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
  /** False if it was used before. */
  useToken(token: Token): boolean;
  /** Resolves with its id once it is on disk. */
  add(message: NewMessage): Promise<string>;
  list(recipient: string): string[];
  /** Undefined if there is no such message for this recipient. */
  find(recipient: string, id: string): Pick<NewMessage, "size" | "body"> | undefined;
  /** Resolves once it is on disk. */
  acknowledge(recipient: string, id: string): Promise<void>;
  close(): void;
}

export function openBareStore(folder: string): BareStore {
  // Synced at each commit (FULL), as every database that durable opens.
  const db = openDatabase(join(folder, "bare.sqlite"), { migrations });
  const commits = createGroupCommit(db);
  const insert = db.prepare("INSERT INTO message VALUES (?, ?, 1, ?, ?, ?, ?, ?)");
  const select = db.prepare("SELECT id FROM message WHERE recipient = ? AND listed = 1 ORDER BY id LIMIT 500");
  const selectBody = db.prepare("SELECT size, body, file FROM message WHERE id = ? AND recipient = ?");
  const update = db.prepare("UPDATE message SET listed = 0 WHERE id = ? AND recipient = ?");
  const used = new Set<string>();
  let { last } = db.prepare("SELECT coalesce(max(id), 0) AS last FROM message").get() as { last: number };

  return {
    useToken({ mailboxId, nonce, count }) {
      const key = `${mailboxId}:${nonce}:${count}`;
      if (used.has(key)) return false;
      used.add(key);
      return true;
    },
    async add({ recipient, sender, workflow, size, body }) {
      const id = (last += 1);
      const [bytes, file] = typeof body === "string" ? [null, body] : [body, null];
      await commits.submit(() => void insert.run(id, recipient, sender, workflow, size, bytes, file));
      return String(id);
    },
    list: (recipient) => select.all(recipient).map((row) => String(row["id"])),
    find(recipient, id) {
      const row = selectBody.get(Number(id), recipient);
      return row && { size: row["size"] as number, body: (row["body"] ?? row["file"]) as StoredBody };
    },
    acknowledge: (recipient, id) => commits.submit(() => void update.run(Number(id), recipient)),
    close() {
      commits.close();
      db.close();
    },
  };
}
