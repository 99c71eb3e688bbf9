import type { DatabaseSync } from "node:sqlite";

// What says that it replaces what, if both came from one mailbox: nobody can make another's document disappear.
const replacements = `
  FROM replaces
  JOIN document_id ON document_id.id = replaces.target AND document_id.task_id <> replaces.task_id
  JOIN task AS later_task ON later_task.task_id = replaces.task_id
  JOIN task AS earlier_task ON earlier_task.task_id = document_id.task_id
  JOIN received AS later ON later.message_id = later_task.message_id
  JOIN received AS earlier ON earlier.message_id = earlier_task.message_id
  WHERE later.from_mailbox = earlier.from_mailbox`;
const earlierOnes = `SELECT document_id.task_id ${replacements} AND replaces.task_id = :task`;
const laterOnes = `SELECT replaces.task_id ${replacements} AND document_id.task_id = :task`;

/**
 * Archives what a task replaces, and the task where another replaces it: whichever of the two arrived first (SD-033).
 *
 * Documents may say that they replace each other, as those do that keep one id through all their versions. One of them
 * stays on the worklist, and it is the one that came last: nothing is archived for what it has itself replaced.
 */
export function archiveReplaced(database: DatabaseSync, taskId: number): void {
  database
    .prepare(
      `WITH RECURSIVE after_it (id) AS (
         SELECT replaced_by FROM task WHERE task_id = :task AND replaced_by IS NOT NULL
         UNION SELECT replaced_by FROM after_it CROSS JOIN task ON task_id = id WHERE replaced_by IS NOT NULL)
       UPDATE task SET state = 'replaced', replaced_by = :task
       WHERE task_id IN (${earlierOnes}) AND replaced_by IS NULL AND task_id NOT IN after_it
         AND (task_id < :task OR task_id NOT IN (${laterOnes}))`,
    )
    .run({ task: taskId });
  database
    .prepare(
      `WITH RECURSIVE before_it (id) AS (
         SELECT task_id FROM task WHERE replaced_by = :task
         UNION SELECT task_id FROM before_it CROSS JOIN task ON replaced_by = id),
       later (id) AS (SELECT min(task_id) FROM task WHERE task_id IN (${laterOnes}) AND task_id NOT IN before_it)
       UPDATE task SET state = 'replaced', replaced_by = (SELECT id FROM later)
       WHERE task_id = :task AND replaced_by IS NULL AND (SELECT id FROM later) IS NOT NULL`,
    )
    .run({ task: taskId });
}
