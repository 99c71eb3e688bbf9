import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { noteCopy, taskOfMessage } from "../store/copies.ts";
import { endMatter, type Happened, raiseMatter } from "../store/matters.ts";
import type { MatterKey } from "../worklist.ts";
import { noteStanding } from "../store/report-standing.ts";
import { named } from "./names.ts";
import { receiverKey, standingIn } from "./report-lists.ts";
import { type Deadlines, standingOf } from "./reports.ts";
import { number, optionalText, text } from "./rows.ts";
import { strayReason } from "./strays.ts";
import { standingOfAnswers, troubleOfTask } from "./tasks.ts";
import { noteWaiting } from "./waiting-matches.ts";

/** As many are looked at in one transaction: it must not keep other writers waiting. */
const atOnce = 500;

/**
 * Looks at everything that something has happened to, whose answer is overdue, whose match waits or whose document cannot be saved, and raises or ends what needs a
 * person's attention. What is to be looked at was noted by the transaction in which it happened (the triggers of
 * schema.ts), so that nothing is missed whoever wrote it and whenever the system was killed; looking twice changes
 * nothing. It is done after every pass and before every page, because a page must not wait for a pass. True: there is
 * more.
 */
export function review(context: PracticeContext): boolean {
  const { database, clock, tuning } = context;
  const deadlines: Deadlines = { now: clock.now(), tuning };
  const due = database.prepare("SELECT kind, id FROM review WHERE due_at <= ? ORDER BY due_at LIMIT ?");
  const at = deadlines.now.toISOString();
  // Nothing is written, and nobody waited for, where there is nothing to look at.
  if (due.all(at, 1).length === 0) return false;
  return inTransaction(database, () => {
    const rows = due.all(at, atOnce);
    for (const row of rows) {
      const id = number(row, "id");
      const kind = text(row, "kind");
      if (kind === "stray") reviewStray(context, id, deadlines);
      else if (kind === "match") reviewMatch(context, id, deadlines);
      else if (kind === "filing") reviewFiling(context, id, deadlines);
      else reviewOutgoing(context, id, deadlines);
    }
    return rows.length === atOnce;
  });
}

function reviewMatch(context: PracticeContext, taskId: number, deadlines: Deadlines): void {
  const dueAt = noteWaiting(context, taskId);
  tell(context, { kind: "task", id: taskId }, troubleOfTask(context.database, taskId, deadlines));
  lookAgain(context, "match", taskId, dueAt);
}

function reviewFiling(context: PracticeContext, taskId: number, deadlines: Deadlines): void {
  tell(context, { kind: "task", id: taskId }, troubleOfTask(context.database, taskId, deadlines));
  lookAgain(context, "filing", taskId, undefined);
}

function reviewOutgoing(context: PracticeContext, sequence: number, deadlines: Deadlines): void {
  const { database } = context;
  const row = database
    .prepare(
      `SELECT outgoing.kind AS kind, step, to_address, workflow_id, subject, message_id, request_message_id
       FROM outgoing LEFT JOIN given_response USING (header_id) WHERE sequence = ?`,
    )
    .get(sequence);
  if (row === undefined) return;
  const dueAt =
    text(row, "kind") === "report"
      ? reviewReport(context, sequence, deadlines)
      : reviewTask(context, text(row, "request_message_id"), deadlines);
  lookAgain(context, "outgoing", sequence, dueAt);

  // What MESH said before the message could be known by it.
  const linked = optionalText(row, "message_id");
  const known =
    linked === undefined
      ? text(row, "step") !== "failed"
        ? []
        : database
            .prepare(
              `SELECT stray_id FROM mesh_report CROSS JOIN received USING (message_id) CROSS JOIN stray USING (message_id)
               WHERE linked_message_id IS NULL AND to_address = ? AND workflow_id = ? AND subject = ?`,
            )
            .all(row["to_address"] ?? null, text(row, "workflow_id"), text(row, "subject"))
      : database
          .prepare("SELECT stray_id FROM mesh_report CROSS JOIN stray USING (message_id) WHERE linked_message_id = ?")
          .all(linked);
  for (const stray of known) endMatter(database, { kind: "stray", id: number(stray, "stray_id") });
}

function reviewReport(context: PracticeContext, sequence: number, deadlines: Deadlines): Date | undefined {
  const { database, organisations } = context;
  const { report, trouble, dueAt } = standingOf(database, sequence, deadlines);
  if (report !== undefined) {
    const receiver = receiverKey(named(report, organisations).recipient);
    noteStanding(database, sequence, { standing: standingIn(report), receiver });
  }
  tell(context, { kind: "report", id: sequence }, trouble);
  return dueAt;
}

/** By the answers to one message, which may be a copy of the task's. */
function reviewTask(context: PracticeContext, messageId: string, deadlines: Deadlines): Date | undefined {
  const { database } = context;
  const { trouble, dueAt } = standingOfAnswers(database, messageId, deadlines);
  const task = taskOfMessage(database, messageId);
  if (task === undefined) return dueAt;
  const { taskId, isCopy } = task;
  if (!isCopy || noteCopy(database, { messageId, taskId }, trouble !== undefined)) {
    tell(context, { kind: "task", id: taskId }, troubleOfTask(database, taskId, deadlines));
  }
  return dueAt;
}

/** A response that was not believed belongs to nothing. A MESH report belongs to what it is about, if that is ours. */
function reviewStray(context: PracticeContext, strayId: number, deadlines: Deadlines): void {
  const { database } = context;
  lookAgain(context, "stray", strayId, undefined);
  const row = database
    .prepare(
      `SELECT message_id, received.kind AS kind, workflow_id, subject, linked_message_id, to_address
       FROM stray CROSS JOIN received USING (message_id) LEFT JOIN mesh_report USING (message_id) WHERE stray_id = ?`,
    )
    .get(strayId);
  if (row === undefined) return;
  const linked = optionalText(row, "linked_message_id");
  const about =
    text(row, "kind") !== "mesh-report"
      ? []
      : linked === undefined
        ? database
            .prepare(
              "SELECT sequence FROM outgoing WHERE step = 'failed' AND to_address = ? AND workflow_id = ? AND subject = ?",
            )
            .all(row["to_address"] ?? null, text(row, "workflow_id"), text(row, "subject"))
        : database.prepare("SELECT sequence FROM outgoing WHERE message_id = ?").all(linked);
  const messageId = text(row, "message_id");
  if (about.length === 0) {
    tell(
      context,
      { kind: "stray", id: strayId },
      { reason: strayReason(database, messageId), happenings: [messageId] },
    );
  }
  for (const outgoing of about) reviewOutgoing(context, number(outgoing, "sequence"), deadlines);
}

function tell({ database, clock }: PracticeContext, key: MatterKey, trouble: Happened | undefined): void {
  if (trouble === undefined) endMatter(database, key);
  else raiseMatter(database, key, trouble, clock.now());
}

function lookAgain(
  { database }: PracticeContext,
  kind: "outgoing" | "stray" | "match" | "filing",
  id: number,
  dueAt: Date | undefined,
): void {
  if (dueAt === undefined) database.prepare("DELETE FROM review WHERE kind = ? AND id = ?").run(kind, id);
  else database.prepare("INSERT OR REPLACE INTO review VALUES (?, ?, ?)").run(kind, id, dueAt.toISOString());
}
