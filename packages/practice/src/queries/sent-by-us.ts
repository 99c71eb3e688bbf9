import type { DatabaseSync } from "node:sqlite";
import { taskOfMessage } from "../store/copies.ts";
import type { MatterKey } from "../worklist.ts";
import { number, optionalText } from "./rows.ts";

/** The report that a message of ours is, or the task whose message it answers. */
export function aboutWhat(database: DatabaseSync, headerId: string): MatterKey | undefined {
  const row = database
    .prepare(
      `SELECT sequence, request_message_id FROM outgoing LEFT JOIN given_response USING (header_id) WHERE header_id = ?`,
    )
    .get(headerId);
  if (row === undefined) return undefined;
  const requested = optionalText(row, "request_message_id");
  if (requested === undefined) return { kind: "report", id: number(row, "sequence") };
  const task = taskOfMessage(database, requested);
  return task && { kind: "task", id: task.taskId };
}
