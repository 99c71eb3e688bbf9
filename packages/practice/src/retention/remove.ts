import { rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { PracticeContext } from "../context.ts";
import { keptFilesOf } from "../queries/content.ts";
import { text } from "../queries/rows.ts";
import { copiesOf } from "./rests.ts";

/**
 * Removes the message of a task, and copies of it that came later, as they were received: with them the documents. Files first:
 * killed between, the message is still to be removed. Part of a transaction.
 */
export function removeMessage({ database, keptFolder }: PracticeContext, taskId: number, at: Date): void {
  const own = messageOf(database, taskId);
  const isKeptAsFiles =
    database.prepare("SELECT 1 FROM received WHERE message_id = ? AND kind = 'set-aside'").get(own) !== undefined;
  if (isKeptAsFiles) removeFiles(keptFilesOf(keptFolder, own));
  for (const messageId of [own, ...copiesOf(database, taskId)]) removeContent(database, messageId);
  database.prepare("UPDATE task SET attachments = '[]', attachment_count = 0 WHERE task_id = ?").run(taskId);
  database.prepare("INSERT OR IGNORE INTO removed (task_id, message_at) VALUES (?, ?)").run(taskId, at.toISOString());
}

/**
 * Removes all of a task that says anything of a patient, or that a person wrote. What stays: that there was one, when it came
 * from where, was done and was removed; the keys of its ids (`accepted`), by which a copy is known as one; and that it was
 * answered. A message that names it as the one it replaces, or is named, is a task like any other from then on: there is nobody
 * to whom the other one could be shown. Part of a transaction.
 */
export function removeTask(context: PracticeContext, taskId: number, at: Date): void {
  const { database } = context;
  removeMessage(context, taskId, at);
  for (const messageId of [messageOf(database, taskId), ...copiesOf(database, taskId)])
    removeWords(database, messageId);
  database
    .prepare("UPDATE task SET state = 'removed', summary = '{}', findings = '[]', finding_count = 0 WHERE task_id = ?")
    .run(taskId);
  for (const statement of [
    "DELETE FROM document_id WHERE task_id = ?",
    "DELETE FROM replaces WHERE task_id = ?",
    "DELETE FROM task_words WHERE rowid = ?",
    "DELETE FROM task_likeness WHERE task_id = ?",
    "DELETE FROM match_decision WHERE task_id = ?",
    "DELETE FROM task_work WHERE task_id = ?",
    "DELETE FROM filing WHERE task_id = ?",
    "DELETE FROM task_opened WHERE task_id = ?",
  ]) {
    database.prepare(statement).run(taskId);
  }
  removeWhatWasSaid(database, taskId);
  database.prepare("UPDATE removed SET task_at = ? WHERE task_id = ?").run(at.toISOString(), taskId);
}

/** A copy that came after something of its task was removed, as far as that was. Part of a transaction. */
export function removeCopy({ database }: PracticeContext, messageId: string, ofRemovedTask: boolean): void {
  removeContent(database, messageId);
  if (ofRemovedTask) removeWords(database, messageId);
}

/** What was wrong about a task, and what persons did about that. Part of a transaction. */
export function removeWhatWasSaid(database: DatabaseSync, taskId: number): void {
  for (const statement of [
    "DELETE FROM troubled_copy WHERE task_id = ?",
    "DELETE FROM matter WHERE kind = 'task' AND id = ?",
    "DELETE FROM act WHERE kind = 'task' AND id = ?",
    "DELETE FROM came_later WHERE task_id = ?",
  ]) {
    database.prepare(statement).run(taskId);
  }
}

/** A file that stays, so that nothing of its task goes either. The others do. */
export class FileStays extends Error {
  constructor(cause: unknown) {
    super("A file of a message cannot be removed.", { cause });
  }
}

/** @throws {FileStays} before anything else was removed */
function removeFiles(files: readonly string[]): void {
  try {
    for (const file of files) rmSync(file, { force: true });
  } catch (cause) {
    throw new FileStays(cause);
  }
}

function removeContent(database: DatabaseSync, messageId: string): void {
  database.prepare("UPDATE received SET content = NULL WHERE message_id = ?").run(messageId);
  database.prepare("DELETE FROM attachment_content WHERE owner = ?").run(messageId);
  database.prepare("DELETE FROM document_view WHERE message_id = ?").run(messageId);
  database
    .prepare(
      "DELETE FROM reread WHERE kind IN ('task', 'response', 'keys', 'notices', 'view', 'likeness') AND owner = ?",
    )
    .run(messageId);
}

function removeWords(database: DatabaseSync, messageId: string): void {
  database.prepare("UPDATE received SET subject = '', reason = NULL WHERE message_id = ?").run(messageId);
  database
    .prepare(
      "DELETE FROM outgoing_content WHERE header_id IN (SELECT header_id FROM given_response WHERE request_message_id = ?)",
    )
    .run(messageId);
}

function messageOf(database: DatabaseSync, taskId: number): string {
  return text(database.prepare("SELECT message_id FROM task WHERE task_id = ?").get(taskId) ?? {}, "message_id");
}
