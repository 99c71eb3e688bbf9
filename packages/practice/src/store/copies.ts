import type { DatabaseSync } from "node:sqlite";
import { idKey, isUuid } from "@restante/itk3";

/**
 * A message that came again (20007, 20008) is known by the keys of its ids, whatever their letters, and raises no task: what
 * goes wrong with its answer is told, shown and ended on the task of the document that it repeats. Of copies whose answers go
 * well that is all: no trouble is noted of them, and there may be any number.
 */

/** A task shows so many. Those that are in trouble come first, and the next when one of them is not. */
const mostShown = 50;

/** The ids of a message, as it was sent, and by which mailbox. */
export interface MessageIds {
  from?: string | undefined;
  headerId?: string | undefined;
  documentId?: string | undefined;
}

/** What a document is known again by, from now on. Part of the transaction that stores it. */
export function addAccepted(database: DatabaseSync, messageId: string, { headerId, documentId }: MessageIds): void {
  database
    .prepare("INSERT INTO accepted (message_id, header_key, document_key) VALUES (?, ?, ?)")
    .run(
      messageId,
      headerId === undefined ? null : idKey(headerId),
      documentId === undefined ? null : idKey(documentId),
    );
}

/** What a message repeats, and how: 20007 is the same message, 20008 the same document in another. */
export interface Repeated {
  code: "20007" | "20008";
  taskId: number;
}

/**
 * The task of the document that was accepted here with an id of this message. One that was refused does not count: it was
 * not processed, and its sender may put it right (ITK3 20007, 20008: "already been received and processed").
 * An id that is no UUID is its sender's alone: what another calls `1` is another letter.
 */
export function repeatedBy(database: DatabaseSync, { headerId, documentId, from }: MessageIds): Repeated | undefined {
  const message = headerId === undefined ? undefined : taskKnownBy(database, "header", headerId, from);
  if (message !== undefined) return { code: "20007", taskId: message };
  const document = documentId === undefined ? undefined : taskKnownBy(database, "document", documentId, from);
  return document === undefined ? undefined : { code: "20008", taskId: document };
}

// Two tasks may share a key since before there were keys: the one of the same letters comes first, then the older one.
function taskKnownBy(
  database: DatabaseSync,
  of: "header" | "document",
  id: string,
  from: string | undefined,
): number | undefined {
  const key = idKey(id);
  const row = database
    .prepare(
      `SELECT task_id FROM accepted CROSS JOIN received USING (message_id) CROSS JOIN task USING (message_id)
       WHERE ${of}_key = :key AND (:isUuid OR from_mailbox IS :from) ORDER BY ${of}_id <> :id, task_id LIMIT 1`,
    )
    .get({ key, id, from: from ?? null, isUuid: isUuid(key) ? 1 : 0 });
  return row?.["task_id"] as number | undefined;
}

/** Part of the transaction that stores the message. */
export function addCopy(database: DatabaseSync, messageId: string, taskId: number): void {
  database.prepare("INSERT INTO copy (message_id, task_id) VALUES (?, ?)").run(messageId, taskId);
}

/** The task that a message raised, or the one of the document that it repeats. */
export function taskOfMessage(
  database: DatabaseSync,
  messageId: string,
): { taskId: number; isCopy: boolean } | undefined {
  const own = database.prepare("SELECT task_id FROM task WHERE message_id = ?").get(messageId);
  if (own !== undefined) return { taskId: own["task_id"] as number, isCopy: false };
  const copy = database.prepare("SELECT task_id FROM copy WHERE message_id = ?").get(messageId);
  return copy && { taskId: copy["task_id"] as number, isCopy: true };
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
