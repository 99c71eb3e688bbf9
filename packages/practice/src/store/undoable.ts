import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { MailboxId } from "@restante/mesh";
import { moveOutgoing, type Outgoing, outgoingAt } from "./outgoing.ts";

/**
 * What a person has told to be sent waits at `due` (see hand-over/states.ts) for as long as they may take it back, with a row in
 * `undoable`. Whoever is first has it, the person or the hand-over, which takes the row away before it begins with the message:
 * what has no row cannot be taken back, whether it has left or not. Each function is part of a transaction, or one itself: a kill
 * leaves the one or the other.
 */

/** What a person may take back: the answer of a decision, or of a match by hand, or that what was held is sent again. */
export type Undoable = "decision" | "match" | "held";

/** An answer that was just stored waits. */
export function waitWithAnswer(
  database: DatabaseSync,
  headerId: string,
  { kind, until }: { kind: Exclude<Undoable, "held">; until: Date },
): void {
  database
    .prepare("UPDATE outgoing SET due_at = ? WHERE header_id = ? AND step = 'due'")
    .run(until.toISOString(), headerId);
  database.prepare("INSERT INTO undoable (header_id, kind) VALUES (?, ?)").run(headerId, kind);
}

/** What is held waits to be sent again. False: it is not held. */
export function sendHeldAgain(
  database: DatabaseSync,
  headerId: string,
  { at, until }: { at: Date; until: Date | undefined },
): boolean {
  const row = database.prepare("SELECT due_at, problem_code, problem FROM outgoing WHERE header_id = ?").get(headerId);
  if (!moveOutgoing(database, headerId, "held", "due", { at, dueAt: until ?? at, problem: null })) return false;
  if (until === undefined || row === undefined) return true;
  database
    .prepare("INSERT INTO undoable (header_id, kind, due_at, problem_code, problem) VALUES (?, 'held', ?, ?, ?)")
    .run(headerId, row["due_at"] ?? null, row["problem_code"] ?? null, row["problem"] ?? null);
  return true;
}

/** Takes it back. What it was, or undefined: it has begun to leave, or was not a person's to take back. */
export function takeBack(database: DatabaseSync, headerId: string, at: Date): Undoable | undefined {
  const row = database
    .prepare("SELECT undoable.* FROM undoable JOIN outgoing USING (header_id) WHERE header_id = ? AND step = 'due'")
    .get(headerId);
  if (row === undefined) return undefined;
  database.prepare("DELETE FROM undoable WHERE header_id = ?").run(headerId);
  const kind = row["kind"] as Undoable;
  if (kind !== "held") {
    removeAnswer(database, headerId);
    return kind;
  }
  const problem = { code: row["problem_code"] as string, reason: row["problem"] as string };
  moveOutgoing(database, headerId, "due", "held", { at, dueAt: new Date(row["due_at"] as string), problem });
  return "held";
}

/** As if it had never been given: another may be. */
function removeAnswer(database: DatabaseSync, headerId: string): void {
  database
    .prepare("DELETE FROM review WHERE kind = 'outgoing' AND id = (SELECT sequence FROM outgoing WHERE header_id = ?)")
    .run(headerId);
  for (const table of ["given_response", "outgoing_content", "outgoing"]) {
    database.prepare(`DELETE FROM ${table} WHERE header_id = ?`).run(headerId);
  }
}

/**
 * Those that are due now, which cannot be taken back from here on: the hand-over begins with them. Another process may take one
 * back at the same time. What was answered has arrived, whatever is known of its sending: it is held, and not sent again.
 */
export function takeUpDue(database: DatabaseSync, mailboxId: MailboxId, now: Date, limit: number): Outgoing[] {
  const due = takeUp(database, mailboxId, now, limit);
  const answer = database.prepare("SELECT 1 FROM received_response WHERE header_id = ?");
  return due.filter(({ headerId }) => {
    if (answer.get(headerId) === undefined) return true;
    moveOutgoing(database, headerId, "due", "held", { at: now, problem: answered });
    return false;
  });
}

const answered = { code: "answered", reason: "It was answered while it waited to be sent again, so it was not." };

function takeUp(database: DatabaseSync, mailboxId: MailboxId, now: Date, limit: number): Outgoing[] {
  const list = (): Outgoing[] => outgoingAt(database, mailboxId, "due", now, limit);
  // Nothing is written, and nobody waited for, where nothing could be taken back.
  const undoable = database.prepare("SELECT 1 FROM undoable WHERE header_id = ?");
  const listed = list();
  if (listed.every(({ headerId }) => undoable.get(headerId) === undefined)) return listed;
  return inTransaction(database, () => {
    const due = list();
    const remove = database.prepare("DELETE FROM undoable WHERE header_id = ?");
    for (const { headerId } of due) remove.run(headerId);
    return due;
  });
}

/** When it leaves by itself, as long as it can be taken back. */
export function undoableUntil(database: DatabaseSync, headerId: string): Date | undefined {
  const row = database
    .prepare(
      "SELECT outgoing.due_at AS due_at FROM undoable JOIN outgoing USING (header_id) WHERE header_id = ? AND step = 'due'",
    )
    .get(headerId);
  return row && new Date(row["due_at"] as string);
}
