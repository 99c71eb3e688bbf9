import type { DatabaseSync } from "node:sqlite";
import type { MatterKey } from "../worklist.ts";

/** What was wrong may have ended since a person dealt with it. */
export function lookAgain(database: DatabaseSync, { kind, id }: MatterKey): void {
  if (kind !== "task") {
    database.prepare("INSERT OR REPLACE INTO review VALUES (?, ?, '')").run(kind === "report" ? "outgoing" : kind, id);
    return;
  }
  database
    .prepare(
      `INSERT OR REPLACE INTO review SELECT 'outgoing', sequence, ''
       FROM (SELECT message_id FROM task WHERE task_id = :id UNION ALL SELECT message_id FROM troubled_copy WHERE task_id = :id)
         AS asked CROSS JOIN given_response ON request_message_id = asked.message_id CROSS JOIN outgoing USING (header_id)`,
    )
    .run({ id });
  database
    .prepare("INSERT OR REPLACE INTO review SELECT 'match', task_id, '' FROM match_decision WHERE task_id = ?")
    .run(id);
  database
    .prepare("INSERT OR REPLACE INTO review SELECT 'filing', task_id, '' FROM filing WHERE task_id = ? AND waiting = 1")
    .run(id);
}
