import type { DatabaseSync } from "node:sqlite";

/** A task names so many of the documents that are like its own: the first that came. */
const mostAlike = 20;

/** Part of a transaction. Once a task: what a document says never changes. */
export function addLikeness(database: DatabaseSync, messageId: string, likeness: string): void {
  database
    .prepare(
      "INSERT OR IGNORE INTO task_likeness (task_id, likeness) SELECT task_id, ? FROM task WHERE message_id = ? AND kind = 'document'",
    )
    .run(likeness, messageId);
}

/** The tasks whose documents are like this one's, the first first. */
export function alikeTo(database: DatabaseSync, taskId: number): number[] {
  return database
    .prepare(
      `SELECT other.task_id AS task_id FROM task_likeness AS own
       CROSS JOIN task_likeness AS other ON other.likeness = own.likeness AND other.task_id <> own.task_id
       WHERE own.task_id = ? ORDER BY other.task_id LIMIT ${mostAlike}`,
    )
    .all(taskId)
    .map((row) => row["task_id"] as number);
}
