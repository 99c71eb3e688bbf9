import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DirectoryPractice } from "./economy.ts";

export interface Stored {
  subject?: string;
  from?: string;
  at?: string;
  summary?: object;
  kind?: string;
  match?: string;
  messageId?: string;
}

/** As the practice stores a message and its task, with what the test is about. */
export function store(database: DatabaseSync, stored: readonly Stored[]): void {
  const received = database.prepare(
    `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, header_id)
     VALUES (?, ?, 'Y99002OT001', ?, 'W', ?, 'document', ?)`,
  );
  const task = database.prepare(
    `INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
     VALUES (?, ?, 'open', ?, '[]', '[]', ?, 0, 0)`,
  );
  for (const [index, one] of stored.entries()) {
    const messageId = one.messageId ?? `2026112307412212345${index}_${index}`;
    const { at = `2026-11-2${index}T10:00:00.000Z`, from = "Y99001OT001", subject = "A letter" } = one;
    received.run(messageId, at, from, subject, `5f1d2c3b-0000-4000-8000-00000000000${index}`);
    task.run(messageId, one.kind ?? "document", JSON.stringify(one.summary ?? {}), one.match ?? "known");
  }
}

export function change({ options }: DirectoryPractice, act: (database: DatabaseSync) => void): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  act(database);
}
