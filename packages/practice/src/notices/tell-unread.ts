import { inTransaction } from "@restante/durable";
import type { Actor } from "../actor.ts";
import type { PracticeContext } from "../context.ts";
import { eventId } from "../inbound/event-id.ts";
import type { Listing } from "../lists.ts";
import { tallyOf } from "../queries/counts.ts";
import { defaultPage, rangeOf } from "../queries/listing.ts";
import { number, optionalText, present, text, time } from "../queries/rows.ts";
import { direction } from "../queries/search.ts";
import { readTaskSummary } from "../queries/tasks.ts";
import type { UnreadList, UnreadTask } from "../unread.ts";
import type { TaskSummary } from "../worklist.ts";
import { lateSince, londonDay, openBy } from "./working-hours.ts";

/** As many are told in one transaction: it must not keep other writers waiting. */
const atOnce = 500;

/**
 * Tells of each task, once, that nobody has opened it in time, or that it is past its due date: to the page by `told_at`, and to
 * whoever is told elsewhere by the triggers of store/migrations/notices.ts, in the same transaction. Whatever was told is
 * remembered for as long as it is watched. After every pass and before every page. True: there is more.
 */
export function tellUnread({ database, clock, unread }: PracticeContext): boolean {
  if (unread === undefined) return false;
  const now = clock.now();
  const late = lateSince(now, unread.afterHours, unread.hours);
  const due = database.prepare(
    "SELECT task_id FROM watched_task INDEXED BY watched_untold WHERE told_at IS NULL AND kind = ? AND at <= ? LIMIT ?",
  );
  // Behind a day there is nothing but the next: what was due before today.
  const ends = { unread: late?.toISOString() ?? "", overdue: dayBefore(londonDay(now)) };
  const kinds = ["unread", "overdue"] as const;
  // Nothing is written, and nobody waited for, where there is nothing to tell.
  if (kinds.every((kind) => due.get(kind, ends[kind], 1) === undefined)) return false;
  return inTransaction(database, () => {
    const told = database.prepare("UPDATE watched_task SET told_at = ? WHERE task_id = ? AND kind = ?");
    let more = false;
    for (const kind of kinds) {
      const rows = due.all(kind, ends[kind], atOnce);
      for (const row of rows) told.run(now.toISOString(), number(row, "task_id"), kind);
      more ||= rows.length === atOnce;
    }
    return more;
  });
}

/**
 * The same in the log: by the system at work, since whoever else looks at its database has a log of their own. Told before it
 * is noted, so that a kill between the two tells it twice and loses nothing; noted together, since each commit waits for the disk.
 * True: there is more.
 */
export function logUnread({ database, emit, organisation, unread }: PracticeContext): boolean {
  if (unread === undefined) return false;
  const rows = database
    .prepare(
      `SELECT task_id, watched_task.kind AS kind, at, message_id FROM watched_task INDEXED BY watched_to_log CROSS JOIN task USING (task_id)
       WHERE told_at IS NOT NULL AND logged = 0 AND watched_task.task_id > 0 LIMIT ?`,
    )
    .all(atOnce);
  if (rows.length === 0) return false;
  for (const row of rows) {
    const taskId = number(row, "task_id");
    const about = { odsCode: organisation.odsCode, messageId: eventId(text(row, "message_id")), taskId };
    if (text(row, "kind") === "unread") emit({ event: "task-unread", ...about, receivedAt: time(row, "at") });
    else emit({ event: "task-overdue", ...about, dueOn: text(row, "at") });
  }
  const noted = database.prepare("UPDATE watched_task SET logged = 1 WHERE task_id = ? AND kind = ?");
  inTransaction(database, () => {
    for (const row of rows) noted.run(number(row, "task_id"), text(row, "kind"));
  });
  return rows.length === atOnce;
}

/** A person who may act has opened it. Where it was opened before nothing changes. */
export function noteOpened({ database, clock }: PracticeContext, taskId: number, { id, name }: Actor): void {
  const opened = database.prepare("SELECT 1 FROM task_opened WHERE task_id = ?");
  // Nobody is waited for where there is nothing to write.
  if (opened.get(taskId) !== undefined) return;
  database
    .prepare(
      `INSERT INTO task_opened SELECT task_id, ?, ?, ? FROM task WHERE task_id = ? AND state <> 'removed' ON CONFLICT DO NOTHING`,
    )
    .run(clock.now().toISOString(), id, name, taskId);
}

export function listUnread(
  { database, unread }: PracticeContext,
  { sort = "oldest", page = defaultPage }: UnreadList,
): Listing<UnreadTask<TaskSummary>> {
  if (unread === undefined) return { items: [], total: 0 };
  const { from, size } = rangeOf(page);
  const ids = database
    .prepare(
      `SELECT DISTINCT task_id FROM watched_task INDEXED BY watched_told WHERE told_at IS NOT NULL AND task_id > 0
       ORDER BY task_id ${direction[sort]} LIMIT ? OFFSET ?`,
    )
    .all(size, from)
    .map((row) => number(row, "task_id"));
  const why = database.prepare("SELECT kind, at FROM watched_task WHERE task_id = ? AND told_at IS NOT NULL");
  const items = ids.flatMap((taskId): UnreadTask<TaskSummary>[] => {
    const task = readTaskSummary(database, taskId);
    const rows = why.all(taskId);
    const received = rows.find((row) => text(row, "kind") === "unread");
    const facts = {
      openBy: received && openBy(time(received, "at"), unread.afterHours, unread.hours),
      overdue: rows.some((row) => optionalText(row, "kind") === "overdue") ? (true as const) : undefined,
    };
    return task === undefined ? [] : [{ task, ...present(facts) }];
  });
  return { items, total: tallyOf(database)("unread") };
}

function dayBefore(day: string): string {
  const before = new Date(`${day}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  return before.toISOString().slice(0, 10);
}
