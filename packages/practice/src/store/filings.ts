// How the saving of a task's document stands. Its folder is NAME, in the folder of the settings:
//
//   asked     A person has asked for it. Nothing of it is where anybody may take it; half of it may be in the hidden
//             folder beside (`.restante-ODSCODE`), from which it is written anew.
//   whole     All of it is in the hidden folder, synced with its name. It is about to be renamed to NAME, or has been.
//   doubtful  It was `whole`, and where it is now cannot be told. It is looked for, and never renamed from here.
//   saved     It was NAME, synced. The end: whoever takes it away does what it is for.
//   stopped   A person has given it up. The end; nothing of it is NAME, or, where it was `doubtful`, nobody knows.
//
//   asked -> whole -> saved          written, synced -- committed -- renamed, synced -- committed
//   whole -> asked, saved, doubtful  by what is found after a kill or a failure (filing/folder.ts, whereIs)
//   doubtful -> asked, saved         likewise
//   asked, doubtful -> stopped       by a person; while it is `whole` they are told to look again in a moment
//
// What is `asked` becomes `whole` only if it still is, so that what was stopped is never renamed. After a kill while it was
// `whole` it is in the hidden folder (not renamed: written anew), or NAME (renamed), or in neither: then it was renamed, and the
// record system has taken it, since the hidden folder is synced before `whole` is committed. So there is exactly one NAME,
// whole, also where it is taken at once. Where the hidden folder itself is gone none of this can be told: `doubtful`.
//
// Of a failure a row keeps how often, what, and when it is tried again. Ends keep who asked, when, and what it was called.

import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Actor } from "../actor.ts";
import type { TaskFiling } from "../filing.ts";
import { number, optionalText, optionalTime, present, type Row, text, time } from "../queries/rows.ts";

export type FilingStep = "asked" | "whole" | "doubtful" | "saved" | "stopped";

/** One that is to be saved. */
export interface WaitingFiling {
  filingId: number;
  taskId: number;
  step: FilingStep;
  folder: string;
  askedAt: Date;
  by: Actor;
  attempts: number;
  dueAt: Date;
}

export interface FilingProblem {
  code: string;
  reason: string;
}

/** More were never asked for of one task by people who mean it. */
const mostEarlier = 20;

/** Of the task alone, and of chance: so that no folder is ever called as another was. */
export function newFolderName(taskId: number): string {
  return `${String(taskId).padStart(6, "0")}-${randomBytes(4).toString("hex")}`;
}

/** Nothing else was ever called so by this system. */
export function isFolderName(name: string): boolean {
  return /^\d{6,}-[0-9a-f]{8}$/.test(name);
}

/** Part of a transaction. What the folder is to be called; undefined where it waits for its first try already. */
export function askToSave(
  database: DatabaseSync,
  taskId: number,
  { at, by }: { at: Date; by: Actor },
): string | undefined {
  const row = database
    .prepare("SELECT filing_id, step, attempts, folder FROM filing WHERE task_id = ? AND waiting = 1")
    .get(taskId);
  if (row === undefined) {
    const folder = newFolderName(taskId);
    database
      .prepare(
        `INSERT INTO filing (task_id, step, waiting, folder, asked_at, asked_by, asked_by_id, due_at)
         VALUES (:taskId, 'asked', 1, :folder, :at, :name, :id, :at)`,
      )
      .run({ taskId, folder, at: at.toISOString(), name: by.name, id: by.id });
    return folder;
  }
  if (number(row, "attempts") === 0 || text(row, "step") === "whole") return undefined;
  database.prepare("UPDATE filing SET due_at = ? WHERE filing_id = ?").run(at.toISOString(), number(row, "filing_id"));
  return text(row, "folder");
}

/**
 * Part of a transaction. What its folder would have been called; `being-saved` where it may be that already; undefined where
 * nothing waits.
 */
export function stopFiling(database: DatabaseSync, taskId: number): { folder: string } | "being-saved" | undefined {
  const row = database
    .prepare("SELECT filing_id, step, folder FROM filing WHERE task_id = ? AND waiting = 1")
    .get(taskId);
  if (row === undefined) return undefined;
  if (text(row, "step") === "whole") return "being-saved";
  database.prepare("UPDATE filing SET step = 'stopped', waiting = 0 WHERE filing_id = ?").run(number(row, "filing_id"));
  return { folder: text(row, "folder") };
}

const waitingColumns = "filing_id, task_id, step, folder, asked_at, asked_by, asked_by_id, attempts, due_at";

/** In the order in which they were asked for. */
export function waitingFilings(database: DatabaseSync, after: number, limit: number): WaitingFiling[] {
  return database
    .prepare(
      `SELECT ${waitingColumns} FROM filing INDEXED BY filing_waiting WHERE waiting = 1 AND filing_id > ?
       ORDER BY filing_id LIMIT ?`,
    )
    .all(after, limit)
    .map(waitingOf);
}

/** What a kill or a failure has left between being written and being known to be saved. */
export function wholeFilings(database: DatabaseSync): WaitingFiling[] {
  return database
    .prepare(
      `SELECT ${waitingColumns} FROM filing INDEXED BY filing_whole WHERE step = 'whole' AND filing_id > 0
       ORDER BY filing_id`,
    )
    .all()
    .map(waitingOf);
}

function waitingOf(row: Row): WaitingFiling {
  return {
    filingId: number(row, "filing_id"),
    taskId: number(row, "task_id"),
    step: text(row, "step") as FilingStep,
    folder: text(row, "folder"),
    askedAt: time(row, "asked_at"),
    by: { id: text(row, "asked_by_id"), name: text(row, "asked_by") },
    attempts: number(row, "attempts"),
    dueAt: time(row, "due_at"),
  };
}

/** False: it is not what it was any more. Nobody but the system at work makes anything else of it than `stopped`. */
export function moveFiling(
  database: DatabaseSync,
  filingId: number,
  { from, to, folder }: { from: readonly FilingStep[]; to: "asked" | "doubtful"; folder?: string },
): boolean {
  const { changes } = database
    .prepare(
      `UPDATE filing SET step = :to, folder = coalesce(:folder, folder)
       WHERE filing_id = :filingId AND step IN (SELECT value FROM json_each(:from))`,
    )
    .run({ filingId, to, folder: folder ?? null, from: JSON.stringify(from) });
  return changes > 0;
}

/** False: it was stopped. */
export function noteWhole(
  database: DatabaseSync,
  filingId: number,
  { writtenAt, digest }: { writtenAt: Date; digest: string },
): boolean {
  const { changes } = database
    .prepare("UPDATE filing SET step = 'whole', written_at = ?, digest = ? WHERE filing_id = ? AND step = 'asked'")
    .run(writtenAt.toISOString(), digest, filingId);
  return changes > 0;
}

/** It is there, or was: whatever a person has said of it. */
export function noteSaved(database: DatabaseSync, filingId: number): void {
  database
    .prepare("UPDATE filing SET step = 'saved', waiting = 0, problem_code = NULL, problem = NULL WHERE filing_id = ?")
    .run(filingId);
}

/** @param which of them: one, or all that are `asked`, since what keeps one from being written keeps them all */
export function noteFailure(
  database: DatabaseSync,
  which: number | "all-asked",
  { code, reason }: FilingProblem,
  dueAt: Date,
): void {
  const some = which === "all-asked" ? "waiting = 1 AND step = 'asked'" : "waiting = 1 AND filing_id = :which";
  database
    .prepare(
      `UPDATE filing SET attempts = attempts + 1, due_at = :dueAt, problem_code = :code, problem = :reason WHERE ${some}`,
    )
    .run({ code, reason, dueAt: dueAt.toISOString(), ...(which !== "all-asked" && { which }) });
}

/** What failed last of one that fails; undefined: none does. */
export function anyFailing(database: DatabaseSync): FilingProblem | undefined {
  const row = database
    .prepare(
      `SELECT problem_code, problem FROM filing INDEXED BY filing_waiting
       WHERE waiting = 1 AND filing_id > 0 AND attempts > 0 LIMIT 1`,
    )
    .get();
  return row && { code: text(row, "problem_code"), reason: text(row, "problem") };
}

/** How it stands with the document of a task, as it was asked for last and before. */
export function filingsOf(
  database: DatabaseSync,
  taskId: number,
): { filing?: TaskFiling; filedEarlier?: TaskFiling[] } {
  const [last, ...earlier] = database
    .prepare(
      `SELECT step, folder, asked_at, asked_by, asked_by_id, attempts, problem, written_at, digest FROM filing
       WHERE task_id = ? ORDER BY filing_id DESC LIMIT ?`,
    )
    .all(taskId, mostEarlier + 1)
    .filter((row) => text(row, "step") !== "stopped")
    .map(filingOf);
  return present({ filing: last, filedEarlier: earlier.length === 0 ? undefined : earlier });
}

/** A column of a query of `task`, found in an index: how its last saving stands, as a list says it. */
export const filingColumn = `(
  SELECT CASE WHEN step = 'saved' THEN 'saved' WHEN attempts = 0 THEN 'waiting' WHEN step = 'doubtful' THEN 'doubtful' ELSE 'failed' END
  FROM filing WHERE filing.task_id = task.task_id AND step <> 'stopped' ORDER BY filing_id DESC LIMIT 1) AS filing_state`;

export function filingIn(row: Row): Pick<TaskFiling, "state" | "inDoubt"> | undefined {
  const state = optionalText(row, "filing_state") as TaskFiling["state"] | "doubtful" | undefined;
  if (state === undefined) return undefined;
  return state === "doubtful" ? { state: "failed", inDoubt: true } : { state };
}

function filingOf(row: Row): TaskFiling {
  const step = text(row, "step");
  const isSaved = step === "saved";
  const hasFailed = !isSaved && number(row, "attempts") > 0;
  return {
    state: isSaved ? "saved" : hasFailed ? "failed" : "waiting",
    folder: text(row, "folder"),
    askedAt: time(row, "asked_at"),
    by: { id: text(row, "asked_by_id"), name: text(row, "asked_by") },
    ...present({
      savedAt: isSaved ? optionalTime(row, "written_at") : undefined,
      digest: isSaved ? optionalText(row, "digest") : undefined,
      failure: hasFailed ? optionalText(row, "problem") : undefined,
      inDoubt: hasFailed && step === "doubtful" ? (true as const) : undefined,
    }),
  };
}
