import type { PracticeContext } from "../context.ts";
import { reasonOf } from "../errors.ts";
import type { RetentionDays } from "../kept.ts";
import { number, type Row, text } from "../queries/rows.ts";
import { FileStays, removeCopy, removeMessage, removeTask, removeWhatWasSaid } from "./remove.ts";
import { keptCopies, restsSince } from "./rests.ts";

const tasksAtOnce = 20;
const earliest = "2020";
const dayMs = 24 * 60 * 60 * 1000;
const parts = ["completed", "replaced", "came-later"] as const;

/** How far the tasks are gone through: those that are done, those that were replaced, those about which something came later. */
export interface Walk {
  part: (typeof parts)[number];
  after: number;
}

export const walkFrom: Walk = { part: "completed", after: 0 };

/** `stays`: why files cannot be removed. `next`: what is to be looked at next; undefined: that was all. */
export interface RemovedSome {
  gone: { tasks: number; messages: number };
  stays?: string | undefined;
  next: Walk | undefined;
}

interface Limits {
  tasks: string;
  messages: string;
}

/** `last`: of those that were looked at, where more may follow. */
type Removed = Pick<RemovedSome, "gone" | "stays"> & { last?: number | undefined };

/** Removes what is old among the next few tasks. Part of a transaction. */
export function removeSome(context: PracticeContext, days: RetentionDays, { part, after }: Walk): RemovedSome {
  const now = context.clock.now();
  const limits = { tasks: limitOf(days.tasks, now), messages: limitOf(days.messages, now) };
  const { last, ...removed } =
    part === "came-later"
      ? removeWhatCameLater(context, after, limits)
      : removeDone(context, { part, after }, limits, now);
  if (last !== undefined) return { ...removed, next: { part, after: last } };
  const nextPart = parts[parts.indexOf(part) + 1];
  return { ...removed, next: nextPart && { part: nextPart, after: 0 } };
}

function removeDone(context: PracticeContext, { part, after }: Walk, limits: Limits, now: Date): Removed {
  const latest = latestOf(limits);
  const gone = { tasks: 0, messages: 0 };
  let stays: string | undefined;
  const rows = context.database
    .prepare(
      `SELECT task_id, received_at, message_at FROM task INDEXED BY task_open CROSS JOIN received USING (message_id)
         LEFT JOIN removed USING (task_id)
       WHERE task.state = ? AND task_id > ? ORDER BY task_id LIMIT ?`,
    )
    .all(part, after, tasksAtOnce);
  for (const row of rows) {
    // Those that came later rest since later.
    if (text(row, "received_at") >= latest) return { gone, stays };
    const taskId = number(row, "task_id");
    const hasMessage = row["message_at"] === null;
    if (!hasMessage && text(row, "received_at") >= limits.tasks) continue;
    const since = restsSince(context, taskId);
    if (since === undefined || since < earliest || since >= latest) continue;
    try {
      if (since < limits.tasks) removeTask(context, taskId, now);
      else if (hasMessage) removeMessage(context, taskId, now);
    } catch (error) {
      if (!(error instanceof FileStays)) throw error;
      stays = `the files of task ${taskId} cannot be removed. ${reasonOf(error.cause)}`;
      continue;
    }
    if (since < limits.tasks) gone.tasks += 1;
    if (hasMessage) gone.messages += 1;
  }
  return { gone, stays, last: lastOf(rows) };
}

function removeWhatCameLater(context: PracticeContext, after: number, limits: Limits): Removed {
  const { database } = context;
  const gone = { tasks: 0, messages: 0 };
  const rows = database
    .prepare(
      "SELECT task_id, state FROM came_later CROSS JOIN task USING (task_id) WHERE task_id > ? ORDER BY task_id LIMIT ?",
    )
    .all(after, tasksAtOnce);
  for (const row of rows) {
    const taskId = number(row, "task_id");
    const isRemoved = text(row, "state") === "removed";
    // Of a task that is there they go when messages do; the rest goes with it.
    const latest = isRemoved ? latestOf(limits) : limits.messages;
    const isOld = (since: string): boolean => since >= earliest && since < latest;
    const since = restsSince(context, taskId);
    if (since === undefined) continue;
    const old = keptCopies(database, taskId).filter((copy) => isOld(copy.since));
    for (const { messageId } of old) removeCopy(context, messageId, isRemoved);
    gone.messages += old.length;
    if (isRemoved && isOld(since)) removeWhatWasSaid(database, taskId);
  }
  return { gone, last: lastOf(rows) };
}

function lastOf(rows: readonly Row[]): number | undefined {
  const row = rows[tasksAtOnce - 1];
  return row && number(row, "task_id");
}

/** What came before is old; nothing is, where no days are set. */
function limitOf(days: number | undefined, now: Date): string {
  return days === undefined ? "" : new Date(now.getTime() - days * dayMs).toISOString();
}

function latestOf({ tasks, messages }: Limits): string {
  return tasks > messages ? tasks : messages;
}
