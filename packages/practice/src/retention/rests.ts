import type { DatabaseSync } from "node:sqlite";
import type { PracticeContext } from "../context.ts";
import { decisionsFor } from "../queries/decisions.ts";
import { optionalText, type Row, text } from "../queries/rows.ts";

/** A line of replacements that is longer is nobody's. */
const longestLine = 1000;

/**
 * Since when nobody has anything to do with a task any more, as ISO 8601; undefined: somebody may have.
 *
 * A task rests if it was completed, or replaced by one that rests; nothing about it needs attention; its patient is matched; nothing of it
 * waits to be saved for a record system; every answer that is due to
 * its message, and to copies of it, was made, and has left, or a person has dealt with its failing. It does so since the last of
 * all that happened to it: one time that was written by a clock that was behind makes nothing older than what came before it.
 */
export function restsSince(context: PracticeContext, taskId: number): string | undefined {
  const { database } = context;
  const times: string[] = [];
  let next: number | null = taskId;
  for (let length = 0; next !== null && length < longestLine; length += 1) {
    const row: Row | undefined = database
      .prepare(
        `SELECT task_id, message_id, task.state AS state, match_due, waiting, decided_at, completed_at, replaced_by, received_at,
           matter.state AS matter_state, dealt_at, (SELECT max(at) FROM act WHERE act.kind = 'task' AND act.id = task_id) AS act_at,
           (SELECT max(written_at) FROM filing WHERE filing.task_id = task.task_id) AS saved_at,
           EXISTS (SELECT 1 FROM filing WHERE filing.task_id = task.task_id AND filing.waiting = 1) AS to_save
         FROM task CROSS JOIN received USING (message_id) LEFT JOIN matter ON matter.kind = 'task' AND matter.id = task_id
           LEFT JOIN match_decision USING (task_id)
         WHERE task_id = ?`,
      )
      .get(next);
    if (row === undefined || !isAtRest(context, row)) return undefined;
    for (const name of ["completed_at", "decided_at", "dealt_at", "act_at", "saved_at"])
      times.push(optionalText(row, name) ?? "");
    times.push(...messagesOf(database, row).flatMap((messageId) => happenedTo(database, messageId)));
    next = text(row, "state") === "replaced" ? (row["replaced_by"] as number | null) : null;
    if (next === null) return text(row, "state") === "replaced" ? undefined : times.toSorted().at(-1);
  }
  return undefined;
}

function isAtRest(context: PracticeContext, row: Row): boolean {
  const { database } = context;
  const state = text(row, "state");
  const matter = optionalText(row, "matter_state");
  const isUnmatched = row["match_due"] === 1 || row["waiting"] === 1;
  if (state === "open" || isUnmatched || row["to_save"] === 1 || matter === "new" || matter === "seen") return false;
  if (state === "completed" && decisionsFor(context, row["task_id"] as number).length > 0) return false;
  // `failed` is the end of a message that a person must be told of: there it is for them to say. One that was handed over is gone
  // from here: where a client keeps nothing in SENT that is all that is ever known.
  const pending = database.prepare(
    `SELECT 1 FROM given_response CROSS JOIN outgoing USING (header_id)
     WHERE request_message_id = :messageId AND (
       (step NOT IN ('sent', 'handed-over') AND NOT (step = 'failed' AND :dealtWith = 1))
       OR EXISTS (SELECT 1 FROM review WHERE review.kind = 'outgoing' AND review.id = sequence))
     LIMIT 1`,
  );
  const dealtWith = matter === "dealt-with" ? 1 : 0;
  return messagesOf(database, row).every((messageId) => pending.get({ messageId, dealtWith }) === undefined);
}

/** When a message came, and when its answers left. */
function happenedTo(database: DatabaseSync, messageId: string): string[] {
  const row = database
    .prepare(
      `SELECT received_at, (SELECT max(coalesce(sent_at, handed_over_at, built_at)) FROM given_response CROSS JOIN outgoing USING (header_id)
         WHERE request_message_id = message_id) AS answered_at
       FROM received WHERE message_id = ?`,
    )
    .get(messageId);
  return ["received_at", "answered_at"].flatMap((name) => optionalText(row ?? {}, name) ?? []);
}

function messagesOf(database: DatabaseSync, row: Row): string[] {
  return [text(row, "message_id"), ...copiesOf(database, row["task_id"] as number)];
}

/** The copies of a task's message that are kept, and since when nothing has happened to each. They rest no sooner than their task does. */
export function keptCopies(database: DatabaseSync, taskId: number): { messageId: string; since: string }[] {
  return database
    .prepare(
      "SELECT message_id FROM copy CROSS JOIN received USING (message_id) WHERE task_id = ? AND content IS NOT NULL",
    )
    .all(taskId)
    .map((copy) => text(copy, "message_id"))
    .map((messageId) => ({ messageId, since: happenedTo(database, messageId).toSorted().at(-1) ?? "" }));
}

/** The ids of the messages that repeat the one of a task. */
export function copiesOf(database: DatabaseSync, taskId: number): string[] {
  return database
    .prepare("SELECT message_id FROM copy WHERE task_id = ?")
    .all(taskId)
    .map((copy) => text(copy, "message_id"));
}
