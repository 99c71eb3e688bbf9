import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { MailboxId, MessageId } from "@restante/mesh";
import { longestWaitMs } from "../hand-over/retry.ts";
import type { Step } from "../hand-over/states.ts";

/** A message to be sent, report or response, as stored; its content is read when it is needed. */
export interface Outgoing {
  sequence: number;
  /** The MessageHeader.id: unique, random and without meaning, so it also names files. */
  headerId: string;
  kind: "report" | "response";
  /** The mailbox of ours that it leaves by. */
  mailboxId: MailboxId;
  /** The organisation whose mailbox is to be looked up. */
  toOds?: string;
  /** A mailbox id or a routing address. Absent until looked up. */
  toAddress?: string;
  workflowId: string;
  subject: string;
  localId: string;
  step: Step;
  attempts: number;
}

export type NewOutgoing = Omit<Outgoing, "sequence" | "step" | "attempts"> & {
  content: Uint8Array;
  /** What the organisation is called that it goes to. */
  toName?: string;
};

/** Part of a transaction that also stores what the message is. */
export function addOutgoing(database: DatabaseSync, message: NewOutgoing, now: Date): void {
  const at = now.toISOString();
  database
    .prepare(
      `INSERT INTO outgoing (header_id, kind, mailbox_id, to_ods, to_address, to_name, workflow_id, subject, local_id, step, due_at, built_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', ?, ?)`,
    )
    .run(
      message.headerId,
      message.kind,
      message.mailboxId,
      message.toOds ?? null,
      message.toAddress ?? null,
      message.toName ?? null,
      message.workflowId,
      message.subject,
      message.localId,
      at,
      at,
    );
  database
    .prepare("INSERT INTO outgoing_content (header_id, content) VALUES (?, ?)")
    .run(message.headerId, message.content);
}

/** The message whole. */
export function contentOf(database: DatabaseSync, headerId: string): Uint8Array {
  const row = database.prepare("SELECT content FROM outgoing_content WHERE header_id = ?").get(headerId);
  return row?.["content"] as Uint8Array;
}

/**
 * Of those that leave by a mailbox and whose time has come, oldest first. A time further ahead than any is put off was
 * set by a clock that has gone back since: it has come.
 */
export function outgoingAt(
  database: DatabaseSync,
  mailboxId: MailboxId,
  step: Step,
  now: Date,
  limit: number,
): Outgoing[] {
  return database
    .prepare(
      "SELECT * FROM outgoing WHERE mailbox_id = ? AND step = ? AND (due_at <= ? OR due_at > ?) ORDER BY sequence LIMIT ?",
    )
    .all(mailboxId, step, now.toISOString(), new Date(now.getTime() + longestWaitMs).toISOString(), limit)
    .map(readOutgoing);
}

/** Whether there is a pair that may or may not have been handed over. */
export function hasStaged(database: DatabaseSync, mailboxId: MailboxId): boolean {
  return (
    database.prepare("SELECT 1 FROM outgoing WHERE mailbox_id = ? AND step = 'staged' LIMIT 1").get(mailboxId) !==
    undefined
  );
}

/** The header ids of pairs that the MESH client has and has not been seen to send. */
export function handedOver(database: DatabaseSync, mailboxId: MailboxId): string[] {
  return database
    .prepare("SELECT header_id FROM outgoing WHERE mailbox_id = ? AND step = 'handed-over' ORDER BY sequence")
    .all(mailboxId)
    .map((row) => row["header_id"] as string);
}

/** What a move of `step` writes besides. `null` clears; absent leaves as it is. */
export interface Move {
  at: Date;
  /** Not to be tried before this time. */
  dueAt?: Date;
  messageId?: MessageId | string;
  problem?: { code: string; reason: string } | null;
  attempt?: true;
}

/**
 * Moves a message from one step to the next. False, and nothing is changed, if it is no longer at `from`: somebody
 * else has moved it.
 */
export function moveOutgoing(database: DatabaseSync, headerId: string, from: Step, to: Step, move: Move): boolean {
  const at = move.at.toISOString();
  const { changes } = database
    .prepare(
      `UPDATE outgoing SET
         step = :to,
         attempts = attempts + :attempt,
         via = CASE :to WHEN 'staged' THEN 'directory' WHEN 'sending' THEN 'api' ELSE via END,
         due_at = coalesce(:due_at, due_at),
         message_id = coalesce(:message_id, message_id),
         handed_over_at = CASE WHEN :to IN ('handed-over', 'sent') THEN coalesce(handed_over_at, :at) ELSE handed_over_at END,
         sent_at = CASE WHEN :to = 'sent' THEN :at ELSE sent_at END,
         problem_code = CASE WHEN :has_problem THEN :problem_code ELSE problem_code END,
         problem = CASE WHEN :has_problem THEN :problem ELSE problem END
       WHERE header_id = :header_id AND step = :from`,
    )
    .run({
      header_id: headerId,
      from,
      to,
      at,
      attempt: move.attempt ? 1 : 0,
      due_at: move.dueAt?.toISOString() ?? null,
      message_id: move.messageId ?? null,
      has_problem: move.problem === undefined ? 0 : 1,
      problem_code: move.problem?.code ?? null,
      problem: move.problem?.reason ?? null,
    });
  return changes === 1;
}

/** `name` is what MESH calls the mailbox: shown where nothing better is known. */
export function addressOutgoing(database: DatabaseSync, headerId: string, address: string, name: string): void {
  database
    .prepare("UPDATE outgoing SET to_address = ?, to_name = coalesce(to_name, nullif(?, '')) WHERE header_id = ?")
    .run(address, name, headerId);
}

function readOutgoing(row: Record<string, SQLOutputValue>): Outgoing {
  return {
    sequence: row["sequence"] as number,
    headerId: row["header_id"] as string,
    kind: row["kind"] as Outgoing["kind"],
    mailboxId: row["mailbox_id"] as MailboxId,
    ...(row["to_ods"] === null ? {} : { toOds: row["to_ods"] as string }),
    ...(row["to_address"] === null ? {} : { toAddress: row["to_address"] as string }),
    workflowId: row["workflow_id"] as string,
    subject: row["subject"] as string,
    localId: row["local_id"] as string,
    step: row["step"] as Step,
    attempts: row["attempts"] as number,
  };
}
