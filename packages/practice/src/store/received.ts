import type { DatabaseSync } from "node:sqlite";
import type { MailboxId } from "@restante/mesh";
import type { StrayReason } from "../worklist.ts";

/** What a received message turned out to be. */
export type ReceivedKind =
  | "document"
  | "refused"
  | "refused-by-strictness"
  | "refused-by-kind"
  | "set-aside"
  | "duplicate-message"
  | "duplicate-document"
  | "response"
  | "repeated-response"
  | "stray-response"
  | "mesh-report";

export interface ReceivedMessage {
  messageId: string;
  /** The mailbox of ours that it came to. */
  mailboxId: MailboxId;
  from?: string | undefined;
  workflowId: string;
  subject: string;
  kind: ReceivedKind;
  headerId?: string | undefined;
  documentId?: string | undefined;
  reason?: string | undefined;
  /** Absent: kept as a file. */
  content?: Uint8Array | undefined;
}

/** Whether a message with this MESH id was ever taken in. */
export function isReceived(database: DatabaseSync, messageId: string): boolean {
  return database.prepare("SELECT 1 FROM received WHERE message_id = ?").get(messageId) !== undefined;
}

export function addReceived(database: DatabaseSync, message: ReceivedMessage, now: Date): void {
  database
    .prepare(
      `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, header_id, document_id, reason, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      message.messageId,
      now.toISOString(),
      message.mailboxId,
      message.from ?? null,
      message.workflowId,
      message.subject,
      message.kind,
      message.headerId ?? null,
      message.documentId ?? null,
      message.reason ?? null,
      message.content ?? null,
    );
}

/** What a response says that was not used, and the message that it names. `why`: only of a stray. What was stored of it before is kept. */
export interface Unbelieved {
  code: string;
  text: string;
  answers: string;
  why?: StrayReason | undefined;
}

export function addUnbelieved(
  database: DatabaseSync,
  messageId: string,
  { code, text, answers, why }: Unbelieved,
): void {
  database
    .prepare(
      `INSERT INTO unbelieved (message_id, code, text, answers, why) VALUES (:messageId, :code, :text, :answers, :why)
       ON CONFLICT DO UPDATE SET code = :code, text = :text, answers = :answers, why = coalesce(:why, why)`,
    )
    .run({ messageId, code, text, answers, why: why ?? null });
}
