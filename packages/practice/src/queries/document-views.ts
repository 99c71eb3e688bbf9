import type { DatabaseSync } from "node:sqlite";
import type { DocumentView } from "../document-view.ts";
import { PracticeError } from "../errors.ts";
import { json } from "./rows.ts";

/**
 * What was decided when the message was taken in: no page reads a message.
 *
 * @throws PracticeError "document-not-ready": an earlier version took it in, and it has not been read again yet
 */
export function documentViewOfTask(database: DatabaseSync, taskId: number): DocumentView | undefined {
  const row = database
    .prepare("SELECT view FROM task CROSS JOIN document_view USING (message_id) WHERE task_id = ?")
    .get(taskId);
  if (row !== undefined) return json(row, "view") as DocumentView;
  const waits = database
    .prepare("SELECT 1 FROM task CROSS JOIN reread ON reread.kind = 'view' AND owner = message_id WHERE task_id = ?")
    .get(taskId);
  if (waits === undefined) return undefined;
  throw new PracticeError("document-not-ready", "This document is still being prepared. Try again in a minute.");
}
