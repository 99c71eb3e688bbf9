import type { MailboxId, MessageId, Recipient, StatusEvent } from "@restante/mesh";
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";

import { MeshServerError } from "../../errors.ts";
import type { Message, MessageDetails, MessageState } from "../../message.ts";
import type { SeenTime } from "../../time/clock-guard.ts";

export type Row = Record<string, SQLOutputValue>;

const messageColumns = [
  "mailbox_id",
  "message_id",
  "type",
  "state",
  "recipient_id",
  "addressed_to",
  "workflow_id",
  "local_id",
  "details",
  "total_chunks",
  "bytes",
  "created_at",
  "accepted_at",
  "changed_at",
  "due_at",
  "status_event",
  "status_code",
  "status_description",
  "linked_message_id",
] as const;

type MessageColumn = (typeof messageColumns)[number];

/** Where each is in a row. */
const at = Object.fromEntries(messageColumns.map((name, index) => [name, index])) as Record<MessageColumn, number>;

/** Names of the columns of a message, to be selected before any others. */
export const SELECTED_MESSAGE: string = messageColumns.map((name) => `message.${name}`).join(", ");

/** Rows come as arrays: of as many columns, objects take twice as long. */
export function prepareRows(db: DatabaseSync, sql: string): RowStatement {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement as unknown as RowStatement;
}

export interface RowStatement {
  get(...values: SQLInputValue[]): readonly SQLOutputValue[] | undefined;
  all(...values: SQLInputValue[]): (readonly SQLOutputValue[])[];
}

/** Of a row of `SELECTED_MESSAGE`. */
export function readMessage(row: readonly SQLOutputValue[]): Message {
  const status = row[at.status_code];
  return {
    messageId: row[at.message_id] as MessageId,
    mailboxId: row[at.mailbox_id] as MailboxId,
    type: row[at.type] as Message["type"],
    state: row[at.state] as MessageState,
    to: row[at.addressed_to] as Recipient,
    workflowId: row[at.workflow_id] as string,
    details: readDetails(row[at.details] as string),
    totalChunks: row[at.total_chunks] as number,
    bytes: row[at.bytes] as number,
    createdAt: new Date(row[at.created_at] as number),
    changedAt: new Date(row[at.changed_at] as number),
    ...(row[at.recipient_id] !== null && { recipientId: row[at.recipient_id] as MailboxId }),
    ...(row[at.accepted_at] !== null && { acceptedAt: new Date(row[at.accepted_at] as number) }),
    ...(row[at.due_at] !== null && { dueAt: new Date(row[at.due_at] as number) }),
    ...(status !== null && {
      status: {
        event: row[at.status_event] as StatusEvent,
        code: status as string,
        description: row[at.status_description] as string,
      },
    }),
    ...(row[at.linked_message_id] !== null && { linkedMessageId: row[at.linked_message_id] as MessageId }),
  };
}

/** @throws {MeshServerError} `row-unreadable`: of this message alone */
function readDetails(text: string): MessageDetails {
  try {
    return JSON.parse(text) as MessageDetails;
  } catch (cause) {
    throw new MeshServerError("row-unreadable", "The row of this message is not what was written.", { cause });
  }
}

/** By position: names are looked up one by one each time, which takes four times as long. */
export const INSERT_MESSAGE: string = `INSERT INTO message (${messageColumns.join(", ")})
  VALUES (${messageColumns.map(() => "?").join(", ")})`;

/** What is written in the columns of a message, in their order. */
export function writeMessage(message: Message): SQLInputValue[] {
  const columns: Record<MessageColumn, SQLInputValue> = {
    mailbox_id: message.mailboxId,
    message_id: message.messageId,
    type: message.type,
    state: message.state,
    recipient_id: message.recipientId ?? null,
    addressed_to: message.to,
    workflow_id: message.workflowId,
    local_id: message.details.localId ?? null,
    details: JSON.stringify(message.details),
    total_chunks: message.totalChunks,
    bytes: message.bytes,
    created_at: message.createdAt.getTime(),
    accepted_at: message.acceptedAt?.getTime() ?? null,
    changed_at: message.changedAt.getTime(),
    due_at: message.dueAt?.getTime() ?? null,
    status_event: message.status?.event ?? null,
    status_code: message.status?.code ?? null,
    status_description: message.status?.description ?? null,
    linked_message_id: message.linkedMessageId ?? null,
  };
  return messageColumns.map((name) => columns[name]);
}

export function readSeenTime(row: Row): SeenTime {
  return {
    wall: row["wall"] as number,
    uptime: row["uptime"] as number,
    boot: row["boot"] as string,
    reference: row["reference"] as number,
    steady: row["steady"] as number,
    lag: row["lag"] as number,
    ...(row["doubt"] !== null && { doubt: row["doubt"] as string }),
  };
}
