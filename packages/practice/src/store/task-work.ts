import type { DatabaseSync } from "node:sqlite";
import type { Assignee, CompletionReason, TaskWork } from "../task-work.ts";

// Each is part of a transaction. What else is set about the task stays as it was.

export function storeAssignee(database: DatabaseSync, taskId: number, assignee: Assignee | undefined): void {
  database
    .prepare(
      `INSERT INTO task_work (task_id, assignee_kind, assignee_id, assignee_name) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET assignee_kind = excluded.assignee_kind, assignee_id = excluded.assignee_id,
         assignee_name = excluded.assignee_name`,
    )
    .run(taskId, assignee?.kind ?? null, assignee?.id ?? null, assignee?.name ?? null);
}

export function storeSoon(
  database: DatabaseSync,
  taskId: number,
  { priority, dueOn }: Pick<TaskWork, "priority" | "dueOn">,
): void {
  database
    .prepare(
      `INSERT INTO task_work (task_id, priority, due_on) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET priority = excluded.priority, due_on = excluded.due_on`,
    )
    .run(taskId, priority ?? null, dueOn ?? null);
}

export function noteReason(database: DatabaseSync, taskId: number, reason: CompletionReason): void {
  database
    .prepare("INSERT INTO task_work (task_id, reason) VALUES (?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason")
    .run(taskId, reason);
}
