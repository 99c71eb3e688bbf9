import type { DatabaseSync } from "node:sqlite";
import type { Listing } from "../lists.ts";
import type { TaskSummary } from "../worklist.ts";
import { foundBy } from "./search.ts";
import { optionalText } from "./rows.ts";
import { readSummaries } from "./tasks.ts";

/** A page shows them all at once. */
const most = 200;

/**
 * The tasks whose messages have the NHS number of this one's, newest first. They are found by the words of tasks, and each is
 * then looked at: a subject may name the number of somebody else.
 */
export function tasksOfPatient(database: DatabaseSync, taskId: number): Listing<TaskSummary> | undefined {
  const numberOf = database.prepare("SELECT summary ->> '$.patient.nhsNumber' AS number FROM task WHERE task_id = ?");
  const row = numberOf.get(taskId);
  if (row === undefined) return undefined;
  const number = optionalText(row, "number");
  const found = number === undefined ? undefined : foundBy(database, "task_words", number.slice(0, 20), "newest");
  const ids = found?.ids.filter((id) => optionalText(numberOf.get(id) ?? {}, "number") === number) ?? [taskId];
  return {
    items: readSummaries(database, ids.slice(0, most)),
    total: ids.length,
    ...(found?.cutOff === true && { cutOff: true }),
  };
}
