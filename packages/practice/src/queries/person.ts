import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { addAct, thisComputer } from "../store/acts.ts";
import { taskOfMessage } from "../store/copies.ts";
import { dealWithMatter, undoMatter } from "../store/matters.ts";
import { moveOutgoing } from "../store/outgoing.ts";
import type { MatterKey } from "../worklist.ts";
import { unknownTask } from "./decisions.ts";
import { number, optionalText, text } from "./rows.ts";

/** In characters. */
const longestNote = 500;

export function completeTask({ database, clock }: PracticeContext, taskId: number): void {
  const at = clock.now();
  inTransaction(database, () => {
    const { changes } = database
      .prepare("UPDATE task SET state = 'completed', completed_at = ? WHERE task_id = ? AND state = 'open'")
      .run(at.toISOString(), taskId);
    if (changes === 0) {
      requireTask({ database }, taskId);
      return;
    }
    const about = dealWithMatter(database, { kind: "task", id: taskId }, { at, by: thisComputer });
    addAct(database, { kind: "task", id: taskId }, { at, by: thisComputer, act: "completed", about });
  });
}

/** What was dealt with by completing the task needs attention again; what a person dealt with apart does not. */
export function reopenTask({ database, clock }: PracticeContext, taskId: number): void {
  const at = clock.now();
  inTransaction(database, () => {
    const row = database.prepare("SELECT completed_at FROM task WHERE task_id = ? AND state = 'completed'").get(taskId);
    if (row === undefined) {
      requireTask({ database }, taskId);
      return;
    }
    database.prepare("UPDATE task SET state = 'open', completed_at = NULL WHERE task_id = ?").run(taskId);
    const about = undoMatter(database, { kind: "task", id: taskId }, text(row, "completed_at"));
    addAct(database, { kind: "task", id: taskId }, { at, by: thisComputer, act: "reopened", about });
    lookAgain({ database }, { kind: "task", id: taskId });
  });
}

export function sendAgain({ database, clock }: PracticeContext, headerId: string): void {
  const at = clock.now();
  inTransaction(database, () => {
    if (!moveOutgoing(database, headerId, "held", "due", { at, dueAt: at, problem: null })) {
      throw new PracticeError("not-held", "Only a message whose send was never answered can be sent again.");
    }
    const key = aboutWhat(database, headerId);
    if (key !== undefined) addAct(database, key, { at, by: thisComputer, act: "sent-again" });
  });
}

/** The report that a message of ours is, or the task whose message it answers. */
function aboutWhat(database: DatabaseSync, headerId: string): MatterKey | undefined {
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

export function dealWith({ database, clock }: PracticeContext, key: MatterKey, written?: string): void {
  const at = clock.now();
  const note = written?.trim() || undefined;
  if (note !== undefined && Array.from(note).length > longestNote) {
    throw new PracticeError("note-too-long", `A note has at most ${longestNote} characters.`);
  }
  inTransaction(database, () => {
    const about = dealWithMatter(database, key, { at, by: thisComputer, note });
    if (about === undefined) {
      throw new PracticeError("nothing-to-deal-with", "Nothing about this needs attention any more.");
    }
    addAct(database, key, { at, by: thisComputer, act: "dealt-with", about, note });
  });
}

export function undoDealtWith({ database, clock }: PracticeContext, key: MatterKey): void {
  const at = clock.now();
  inTransaction(database, () => {
    const about = undoMatter(database, key);
    if (about === undefined) throw new PracticeError("not-dealt-with", "Nobody has dealt with this.");
    addAct(database, key, { at, by: thisComputer, act: "undone", about });
    lookAgain({ database }, key);
  });
}

/** What was wrong may have ended since a person dealt with it. */
function lookAgain({ database }: Pick<PracticeContext, "database">, { kind, id }: MatterKey): void {
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
}

function requireTask({ database }: Pick<PracticeContext, "database">, taskId: number): void {
  if (database.prepare("SELECT 1 FROM task WHERE task_id = ?").get(taskId) === undefined) throw unknownTask();
}
