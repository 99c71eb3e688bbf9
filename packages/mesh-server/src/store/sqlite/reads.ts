import type { MailboxId, MessageId } from "@restante/mesh";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

import type { StoredBody } from "../../bodies/bodies.ts";
import type { Message } from "../../message.ts";
import { type InboxEntry, LONGEST_HOLD_MS, type RoutingTask, type TokenUse, type WorkflowFilter } from "../store.ts";
import { messageColumns, readBody, readMessage } from "./rows.ts";

const MESSAGE = messageColumns.map((name) => `message.${name}`).join(", ");

/** Reads, each an indexed look-up of microseconds: they run where they are called, beside the writer (WAL). */
export interface Reads {
  wasUsed(token: TokenUse): boolean;
  find(mailboxId: MailboxId, messageId: MessageId): Message | undefined;
  findDelivered(recipientId: MailboxId, messageId: MessageId): Message | undefined;
  exists(messageId: MessageId): boolean;
  findByLocalId(mailboxId: MailboxId, localId: string, limit: number): Message[];
  body(message: Message, chunk: number): StoredBody | undefined;
  listAfter(recipientId: MailboxId, after: number, limit: number, filter?: WorkflowFilter): InboxEntry[];
  sequenceOf(recipientId: MailboxId, messageId: MessageId): number | undefined;
  countInbox(recipientId: MailboxId, limit: number): number;
  listRouting(now: Date, limit: number): RoutingTask[];
  listDue(now: Date, limit: number): Message[];
  namesBodyFile(fileName: string): boolean;
}

export function createReads(db: DatabaseSync): Reads {
  const statements = {
    token: db.prepare("SELECT 1 FROM token WHERE mailbox_id = ? AND nonce = ? AND nonce_count = ?"),
    message: db.prepare(`SELECT ${MESSAGE} FROM message WHERE mailbox_id = ? AND message_id = ?`),
    delivered: db.prepare(
      `SELECT ${MESSAGE} FROM delivery JOIN message USING (mailbox_id, message_id)
       WHERE delivery.recipient_id = ? AND delivery.message_id = ?`,
    ),
    exists: db.prepare("SELECT 1 FROM message WHERE message_id = ?"),
    byLocalId: db.prepare(
      `SELECT ${MESSAGE} FROM message WHERE mailbox_id = ? AND local_id = ? AND type = 'DATA'
       ORDER BY rowid DESC LIMIT ?`,
    ),
    chunk: db.prepare("SELECT size, bytes, file_name FROM chunk WHERE mailbox_id = ? AND message_id = ? AND chunk = ?"),
    sequence: db.prepare("SELECT sequence FROM delivery WHERE recipient_id = ? AND message_id = ?"),
    count: db.prepare(
      "SELECT count(*) AS listed FROM (SELECT 1 FROM delivery WHERE recipient_id = ? AND listed = 1 LIMIT ?)",
    ),
    routing: db.prepare(
      `SELECT ${MESSAGE}, routing.address, routing.tries
       FROM routing CROSS JOIN message USING (mailbox_id, message_id)
       WHERE (routing.next_try_at <= ? OR routing.next_try_at > ?) AND message.state = 'routing' ORDER BY routing.next_try_at LIMIT ?`,
    ),
    due: db.prepare(`SELECT ${MESSAGE} FROM message WHERE due_at <= ? ORDER BY due_at LIMIT ?`),
    file: db.prepare("SELECT 1 FROM chunk WHERE file_name = ?"),
  };

  function listAfter(recipientId: MailboxId, after: number, limit: number, filter?: WorkflowFilter): InboxEntry[] {
    const condition = filter === undefined ? "" : `AND ${filter.negated ? "NOT" : ""} ${conditions[filter.match]}`;
    const values: SQLInputValue[] = filter === undefined ? [] : [filter.text];
    return db
      .prepare(
        `SELECT message_id, sequence FROM delivery WHERE recipient_id = ? AND listed = 1 AND sequence > ? ${condition}
         ORDER BY sequence LIMIT ?`,
      )
      .all(recipientId, after, ...values, limit)
      .map((row) => ({ messageId: row["message_id"] as MessageId, sequence: row["sequence"] as number }));
  }

  return {
    wasUsed: (token) => statements.token.get(token.mailboxId, token.nonce, token.nonceCount) !== undefined,
    find: (mailboxId, messageId) => optional(statements.message.get(mailboxId, messageId), readMessage),
    findDelivered: (recipientId, messageId) => optional(statements.delivered.get(recipientId, messageId), readMessage),
    exists: (messageId) => statements.exists.get(messageId) !== undefined,
    findByLocalId: (mailboxId, localId, limit) => statements.byLocalId.all(mailboxId, localId, limit).map(readMessage),
    body: (message, chunk) => optional(statements.chunk.get(message.mailboxId, message.messageId, chunk), readBody),
    listAfter,
    sequenceOf: (recipientId, messageId) =>
      (statements.sequence.get(recipientId, messageId)?.["sequence"] as number | null | undefined) ?? undefined,
    countInbox: (recipientId, limit) => statements.count.get(recipientId, limit)?.["listed"] as number,
    listRouting: (now, limit) =>
      statements.routing.all(now.getTime(), now.getTime() + LONGEST_HOLD_MS, limit).map((row) => ({
        message: readMessage(row),
        routingAddress: row["address"] as string,
        tries: row["tries"] as number,
      })),
    listDue: (now, limit) => statements.due.all(now.getTime(), limit).map(readMessage),
    namesBodyFile: (fileName) => statements.file.get(fileName) !== undefined,
  };
}

const conditions: Readonly<Record<WorkflowFilter["match"], string>> = {
  equals: "workflow_id = ?",
  begins: "instr(workflow_id, ?) = 1",
  contains: "instr(workflow_id, ?) > 0",
};

function optional<Row, Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : read(row);
}
