import type { DatabaseSync } from "node:sqlite";
import type { Actor } from "../actor.ts";
import type { MatchDoubt, MatchVerdict } from "../matching.ts";

/**
 * How the match of a task's patient stands. Its outcome is the task's `match_outcome`; the row of match_decision is there
 * from the first doubt or decision on.
 *
 * - `waiting`   The register is to be asked (`match_due`).
 * - `doubtful`  The register does not settle it and a person is to decide: nothing is answered before (`waiting` = 1). Of
 *               its own it stays so for ever.
 * - a verdict   By the register; or by a person, and then `decided_at` is set. A person may change it again and again: the
 *               answer, if it was to be given, was given with the first. Until that leaves it may be taken back, and it is
 *               `doubtful` again; it is not changed before.
 *
 * A verdict and its answer are stored in one transaction.
 */
export function noteDoubt(
  database: DatabaseSync,
  taskId: number,
  { doubt, waiting, at }: { doubt: MatchDoubt; waiting: boolean; at: Date },
): void {
  database
    .prepare("INSERT INTO match_decision (task_id, doubt, since, waiting) VALUES (?, ?, ?, ?)")
    .run(taskId, doubt, at.toISOString(), waiting ? 1 : 0);
}

/** Part of the transaction that answers. */
export function noteVerdict(
  database: DatabaseSync,
  taskId: number,
  verdict: MatchVerdict,
  { at, by }: { at: Date; by: Actor },
): void {
  database.prepare("UPDATE task SET match_outcome = ? WHERE task_id = ?").run(verdict, taskId);
  database
    .prepare(
      `INSERT INTO match_decision (task_id, since, waiting, decided_at, decided_by, decided_by_id)
       VALUES (:taskId, :at, 0, :at, :name, :id) ON CONFLICT DO UPDATE
       SET waiting = 0, decided_at = excluded.decided_at, decided_by = excluded.decided_by, decided_by_id = excluded.decided_by_id`,
    )
    .run({ taskId, at: at.toISOString(), name: by.name, id: by.id });
}

/** The answer of a person's verdict was taken back: whoever sent the document waits for one, since when they did. */
export function takeVerdictBack(database: DatabaseSync, taskId: number): void {
  database.prepare("UPDATE task SET match_outcome = 'doubtful' WHERE task_id = ?").run(taskId);
  database
    .prepare(
      `UPDATE match_decision SET waiting = 1, decided_at = NULL, decided_by = NULL, decided_by_id = NULL WHERE task_id = ?`,
    )
    .run(taskId);
}
