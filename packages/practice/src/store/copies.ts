import type { DatabaseSync } from "node:sqlite";

/**
 * A message that came again (20007, 20008) raises no task: what goes wrong with its answer is told, shown and ended on
 * the task of the document that it repeats. Copies whose answers go well are not noted: there may be any number.
 */

/** A task shows so many. Those that are in trouble come first, and the next when one of them is not. */
const mostShown = 50;

/** The task that a message raised, or the one of the document that it repeats. */
export function taskOfMessage(
  database: DatabaseSync,
  messageId: string,
): { taskId: number; isCopy: boolean } | undefined {
  const own = database.prepare("SELECT task_id FROM task WHERE message_id = ?").get(messageId);
  if (own !== undefined) return { taskId: own["task_id"] as number, isCopy: false };
  const copy = database
    .prepare("SELECT kind, header_id, document_id FROM received WHERE message_id = ?")
    .get(messageId);
  const [column, id] =
    copy?.["kind"] === "duplicate-message"
      ? ["header_id", copy["header_id"]]
      : copy?.["kind"] === "duplicate-document"
        ? ["document_id", copy["document_id"]]
        : [];
  if (column === undefined || id === undefined) return undefined;
  // The document itself came before its copies, and is found before them.
  const repeated = database
    .prepare(
      `SELECT task_id FROM received CROSS JOIN task USING (message_id) WHERE ${column} = ? AND received.kind = 'document'`,
    )
    .get(id);
  return repeated && { taskId: repeated["task_id"] as number, isCopy: true };
}

/** Notes how the answer to a copy stands. False: it goes well, and always has. */
export function noteCopy(
  database: DatabaseSync,
  { messageId, taskId }: { messageId: string; taskId: number },
  inTrouble: boolean,
): boolean {
  const { changes } = inTrouble
    ? database
        .prepare("INSERT OR REPLACE INTO troubled_copy (message_id, task_id, over) VALUES (?, ?, 0)")
        .run(messageId, taskId)
    : database.prepare("UPDATE troubled_copy SET over = 1 WHERE message_id = ?").run(messageId);
  return Number(changes) > 0;
}

/** The copies of a task's document whose answers are in trouble, or were. */
export function troubledCopies(database: DatabaseSync, taskId: number): { messageId: string; over: boolean }[] {
  return database
    .prepare("SELECT message_id, over FROM troubled_copy WHERE task_id = ? ORDER BY over, message_id LIMIT ?")
    .all(taskId, mostShown)
    .map((row) => ({ messageId: row["message_id"] as string, over: row["over"] === 1 }));
}
