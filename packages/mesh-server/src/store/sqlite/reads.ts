import type { MailboxId, MessageId } from "@restante/mesh";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

import type { StoredBody } from "../../bodies/bodies.ts";
import type { Message } from "../../message.ts";
import type { SeenTime } from "../../time/clock-guard.ts";
import {
  type Closure,
  type DueMessage,
  type InboxEntry,
  LONGEST_HOLD_MS,
  type RoutingTask,
  type Waiting,
  type WorkflowFilter,
} from "../store.ts";
import { COUNT_LISTED, readPlaces } from "./numbers.ts";
import { readBody, readClosure } from "../rows.ts";
import { prepareRows, readMessage, readSeenTime, SELECTED_MESSAGE } from "./rows.ts";

/** Reads, each an indexed look-up of microseconds: they run where they are called, beside the writer (WAL). */
export interface Reads {
  readonly find: (mailboxId: MailboxId, messageId: MessageId) => Message | undefined;
  readonly findDelivered: (recipientId: MailboxId, messageId: MessageId) => Message | undefined;
  readonly findAnywhere: (messageId: MessageId) => Message | undefined;
  readonly exists: (messageId: MessageId) => boolean;
  readonly findByLocalId: (mailboxId: MailboxId, localId: string, limit: number) => Message[];
  readonly body: (message: Message, chunk: number) => StoredBody | undefined;
  /** At most `LISTED_AT_ONCE` listed messages are looked at: see `ListedPiece.end`. */
  readonly listAfter: (recipientId: MailboxId, after: number, limit: number, filter?: WorkflowFilter) => ListedPiece;
  readonly sequenceOf: (recipientId: MailboxId, messageId: MessageId) => number | undefined;
  readonly countInbox: (recipientId: MailboxId) => number;
  readonly waitingIn: (recipientId: MailboxId) => Waiting;
  readonly listRouting: (now: Date, limit: number, after: RoutingTask | undefined) => RoutingTask[];
  readonly listUnroutable: (limit: number) => MessageId[];
  readonly listDue: (now: Date, limit: number, after?: DueMessage) => DueMessage[];
  readonly countDue: (now: Date, limit: number) => number;
  readonly nextDue: (after: Date) => Date | undefined;
  readonly listClosures: () => Closure[];
  readonly seenTime: () => SeenTime | undefined;
  readonly countBodyFiles: () => number;
  readonly namesBodyFile: (fileName: string) => boolean;
}

/** What a filter lets through of a piece of an inbox. */
export interface ListedPiece {
  readonly entries: readonly InboxEntry[];
  /** The place of the last message that was looked at, if there are more behind it. */
  readonly end?: number;
}

/** A filter may let nothing through of any number of messages: between two pieces others have their turn. */
export const LISTED_AT_ONCE = 1000;

/**
 * What each request asks is written `= +?` where a table is not looked up by its whole key alone: SQLite's planner looks at the
 * value that is bound to a bare `= ?` or `LIMIT ?`, and so prepares such a statement anew whenever it is run, which takes
 * longer than the look-up. A plan is the same either way.
 */
export function createReads(db: DatabaseSync): Reads {
  const places = readPlaces(db);
  const statements = {
    message: prepareRows(db, `SELECT ${SELECTED_MESSAGE} FROM message WHERE mailbox_id = ? AND message_id = ?`),
    delivered: prepareRows(
      db,
      `SELECT ${SELECTED_MESSAGE} FROM delivery JOIN message USING (mailbox_id, message_id)
       WHERE delivery.recipient_id = +? AND delivery.message_id = +?`,
    ),
    anywhere: prepareRows(db, `SELECT ${SELECTED_MESSAGE} FROM message WHERE message_id = ?`),
    exists: db.prepare("SELECT 1 FROM message WHERE message_id = ?"),
    byLocalId: prepareRows(
      db,
      `SELECT ${SELECTED_MESSAGE} FROM message WHERE mailbox_id = ? AND local_id = ? AND type = 'DATA'
       ORDER BY rowid DESC LIMIT ?`,
    ),
    chunk: db.prepare(
      "SELECT size, bytes, file_name, sha256 FROM chunk WHERE mailbox_id = ? AND message_id = ? AND chunk = ?",
    ),
    sequence: db.prepare("SELECT sequence FROM delivery WHERE recipient_id = ? AND message_id = ?"),
    pieceEnd: db.prepare(
      `SELECT sequence FROM delivery WHERE recipient_id = +? AND listed = 1 AND sequence > ?
       ORDER BY sequence LIMIT 1 OFFSET ${LISTED_AT_ONCE - 1}`,
    ),
    listed: db.prepare(listedWhere("")),
    count: db.prepare(COUNT_LISTED),
    routing: prepareRows(db, routingWhere("<=")),
    farRouting: prepareRows(db, routingWhere(">")),
    unroutable: db.prepare(
      `SELECT message_id FROM routing CROSS JOIN message USING (mailbox_id, message_id)
       WHERE message.state = 'routing' AND NOT json_valid(message.details) LIMIT ?`,
    ),
    due: db.prepare(
      `SELECT mailbox_id, message_id, due_at FROM message WHERE due_at <= ? AND (due_at, message_id) > (?, ?)
       ORDER BY due_at, message_id LIMIT ?`,
    ),
    countDue: db.prepare("SELECT count(*) AS due FROM (SELECT 1 FROM message WHERE due_at <= ? LIMIT ?)"),
    nextDue: db.prepare(
      `SELECT min(coalesce((SELECT min(due_at) FROM message WHERE due_at > :after), :never),
                  coalesce((SELECT min(next_try_at) FROM routing WHERE next_try_at > :after), :never)) AS due`,
    ),
    closures: db.prepare("SELECT mailbox_id, closed_at, reason FROM closed_mailbox ORDER BY mailbox_id"),
    seenTime: db.prepare("SELECT wall, uptime, boot, reference, steady, lag, doubt FROM machine_time"),
    files: db.prepare("SELECT count(*) AS files FROM chunk WHERE file_name IS NOT NULL"),
    file: db.prepare("SELECT 1 FROM chunk WHERE file_name = ?"),
  };

  /** What is due, then what is due later than anything is held: the clock went back. As one question it would sort all. */
  function listRouting(now: Date, limit: number, after: RoutingTask | undefined): RoutingTask[] {
    const from = place(after?.dueAt, after?.message.messageId);
    const due = statements.routing.all(now.getTime(), ...from, limit);
    const far = statements.farRouting.all(now.getTime() + LONGEST_HOLD_MS, ...from, limit - due.length);
    return [...due, ...far].map((row) => {
      const [address, tries, nextTryAt] = row.slice(-3) as [string, number, number];
      return { message: readMessage(row), routingAddress: address, tries, dueAt: new Date(nextTryAt) };
    });
  }

  function listAfter(recipientId: MailboxId, after: number, limit: number, filter?: WorkflowFilter): ListedPiece {
    const condition = filter === undefined ? "" : `AND ${filter.negated ? "NOT" : ""} ${conditions[filter.match]}`;
    const values: SQLInputValue[] = filter === undefined ? [] : [filter.text];
    const end = filter === undefined ? undefined : statements.pieceEnd.get(recipientId, after)?.["sequence"];
    const listed = filter === undefined ? statements.listed : db.prepare(listedWhere(condition));
    listed.setReturnArrays(true);
    // A row of each message that waits, at each poll: as an object it takes twice as long.
    const rows = listed.all(recipientId, after, end ?? Number.MAX_SAFE_INTEGER, ...values, limit) as unknown as [
      MessageId,
      number,
    ][];
    const entries = rows.map(([messageId, sequence]) => ({ messageId, sequence }));
    return { entries, ...(typeof end === "number" && { end }) };
  }

  return {
    find: (mailboxId, messageId) => optional(statements.message.get(mailboxId, messageId), readMessage),
    findDelivered: (recipientId, messageId) => optional(statements.delivered.get(recipientId, messageId), readMessage),
    findAnywhere: (messageId) => optional(statements.anywhere.get(messageId), readMessage),
    exists: (messageId) => statements.exists.get(messageId) !== undefined,
    findByLocalId: (mailboxId, localId, limit) => statements.byLocalId.all(mailboxId, localId, limit).map(readMessage),
    body: (message, chunk) => optional(statements.chunk.get(message.mailboxId, message.messageId, chunk), readBody),
    listAfter,
    sequenceOf: (recipientId, messageId) =>
      (statements.sequence.get(recipientId, messageId)?.["sequence"] as number | null | undefined) ?? undefined,
    countInbox: (recipientId) => statements.count.get({ mailbox_id: recipientId })?.["listed"] as number,
    waitingIn: places.waiting,
    listRouting,
    listUnroutable: (limit) => statements.unroutable.all(limit).map((row) => row["message_id"] as MessageId),
    listDue: (now, limit, after) =>
      statements.due.all(now.getTime(), ...place(after?.dueAt, after?.messageId), limit).map((row) => ({
        mailboxId: row["mailbox_id"] as MailboxId,
        messageId: row["message_id"] as MessageId,
        dueAt: new Date(row["due_at"] as number),
      })),
    countDue: (now, limit) => statements.countDue.get(now.getTime(), limit)?.["due"] as number,
    nextDue(after) {
      const never = Number.MAX_SAFE_INTEGER;
      const due = statements.nextDue.get({ after: after.getTime(), never })?.["due"] as number;
      return due === never ? undefined : new Date(due);
    },
    listClosures: () => statements.closures.all().map(readClosure),
    seenTime: () => optional(statements.seenTime.get(), readSeenTime),
    countBodyFiles: () => statements.files.get()?.["files"] as number,
    namesBodyFile: (fileName) => statements.file.get(fileName) !== undefined,
  };
}

function listedWhere(condition: string): string {
  return `SELECT message_id, sequence FROM delivery
    WHERE recipient_id = +? AND listed = 1 AND sequence > ? AND sequence <= ? ${condition}
    ORDER BY sequence LIMIT +?`;
}

/** A row whose details are no JSON is left out: it must not take those of all others with it. */
function routingWhere(isTried: "<=" | ">"): string {
  return `SELECT ${SELECTED_MESSAGE}, routing.address, routing.tries, routing.next_try_at
    FROM routing CROSS JOIN message USING (mailbox_id, message_id)
    WHERE routing.next_try_at ${isTried} ? AND (routing.next_try_at, routing.message_id) > (?, ?)
      AND message.state = 'routing' AND json_valid(message.details)
    ORDER BY routing.next_try_at, routing.message_id LIMIT ?`;
}

const conditions: Readonly<Record<WorkflowFilter["match"], string>> = {
  equals: "workflow_id = ?",
  begins: "instr(workflow_id, ?) = 1",
  contains: "instr(workflow_id, ?) > 0",
};

/** Where an order by time and id goes on; from before its beginning if no place is given. */
function place(at: Date | undefined, messageId: MessageId | undefined): [number, string] {
  return [at?.getTime() ?? Number.MIN_SAFE_INTEGER, messageId ?? ""];
}

function optional<Row, Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : read(row);
}
