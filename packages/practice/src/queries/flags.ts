import type { TaskFlag } from "../task-facts.ts";
import type { Row } from "./rows.ts";

/** Columns of a query of `task` to which match_decision is joined, each found in an index. */
export const flagColumns = `
  EXISTS (SELECT 1 FROM replaces WHERE replaces.task_id = task.task_id) AS is_replacement,
  EXISTS (SELECT 1 FROM copy WHERE copy.task_id = task.task_id) AS is_duplicate,
  EXISTS (SELECT 1 FROM task_likeness AS own CROSS JOIN task_likeness AS other
    ON other.likeness = own.likeness AND other.task_id <> own.task_id WHERE own.task_id = task.task_id) AS is_alike,
  decided_at IS NOT NULL AS is_matched_by_hand`;

const flags: readonly (readonly [column: string, flag: TaskFlag])[] = [
  ["is_replacement", "replacement"],
  ["is_duplicate", "duplicate"],
  ["is_alike", "potential-duplicate"],
  ["is_matched_by_hand", "matched-by-hand"],
];

export function flagsIn(row: Row): TaskFlag[] {
  return flags.flatMap(([column, flag]) => (row[column] === 1 ? [flag] : []));
}
