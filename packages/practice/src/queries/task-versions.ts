import type { DatabaseSync } from "node:sqlite";
import type { MessageSummary } from "../store/tasks.ts";
import type { TaskState } from "../lists.ts";
import type { FiledVersion } from "../filing.ts";
import type { Task } from "../worklist.ts";
import { json, number, optionalText, present, text, time } from "./rows.ts";

/** Of a chain that is longer, those nearest to what replaced a task. */
const mostVersions = 50;

/**
 * Everything that replaced a task, or that one of these replaced. Documents may replace each other without end: each is
 * taken once, and no more are looked for than are shown.
 */
const versions = `WITH RECURSIVE
  later (id) AS (
    SELECT :task
    UNION SELECT replaced_by FROM later CROSS JOIN task ON task_id = id WHERE replaced_by IS NOT NULL LIMIT :most),
  version (id) AS (
    SELECT id FROM later
    UNION SELECT task_id FROM version CROSS JOIN task ON replaced_by = id LIMIT :most)
  SELECT task_id, state, replaced_by, received_at, summary
  FROM version CROSS JOIN task ON task_id = id CROSS JOIN received USING (message_id)`;

export function versionsOf(database: DatabaseSync, taskId: number): Pick<Task, "versions" | "moreVersions"> {
  const rows = database.prepare(versions).all({ task: taskId, most: mostVersions + 1 });
  if (rows.length < 2) return { versions: [] };
  const found = rows.slice(0, mostVersions).map((row) =>
    present({
      taskId: number(row, "task_id"),
      state: text(row, "state") as TaskState,
      receivedAt: time(row, "received_at"),
      documentDate: (json(row, "summary") as MessageSummary).documentDate,
      replacedBy: (row["replaced_by"] as number | null) ?? undefined,
      filed: filedAs(database, number(row, "task_id")),
    }),
  );
  return {
    versions: found.toSorted((a, b) => a.taskId - b.taskId),
    ...(rows.length > mostVersions && { moreVersions: true as const }),
  };
}

const saved = `SELECT written_at AS at, asked_by_id AS by_id, asked_by AS by_name, folder FROM filing
  WHERE task_id = ? AND step = 'saved' ORDER BY filing_id DESC LIMIT 1`;
const markedAsFiled = `SELECT at, actor_id AS by_id, person AS by_name, NULL AS folder FROM task_work CROSS JOIN act ON act.kind = 'task' AND act.id = task_id
  WHERE task_id = ? AND task_work.reason = 'filed' AND act.act = 'completed' ORDER BY act_id DESC LIMIT 1`;

/** What was saved counts before what a person says that they filed: it is known. */
function filedAs(database: DatabaseSync, taskId: number): FiledVersion | undefined {
  const row = database.prepare(saved).get(taskId) ?? database.prepare(markedAsFiled).get(taskId);
  return (
    row &&
    present({
      at: time(row, "at"),
      by: { id: text(row, "by_id"), name: text(row, "by_name") },
      folder: optionalText(row, "folder"),
    })
  );
}
