import type { DatabaseSync } from "node:sqlite";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import type { SaveOptions } from "../filing.ts";
import { addAct } from "../store/acts.ts";
import { askToSave, stopFiling } from "../store/filings.ts";
import type { Happened } from "../store/matters.ts";
import { versionOf } from "../store/versions.ts";
import type { MatterKey } from "../worklist.ts";
import { act } from "./acting.ts";
import { requireTask } from "./decisions.ts";
import { completeNow } from "./person.ts";
import { number, text } from "./rows.ts";

/** It is written by the system at work: see filing/filing.ts. With `done` both are one transaction, and two acts on record. */
export function saveToFolder(
  context: PracticeContext,
  taskId: number,
  by: ActBy,
  { done = false }: SaveOptions = {},
): ActOutcome {
  const { database } = context;
  const key: MatterKey = { kind: "task", id: taskId };
  requireTask(context, taskId);
  if (context.filing === undefined) {
    throw new PracticeError("filing-off", "The settings name no folder of a record system to save documents to.");
  }
  return act(context, key, by, {
    act: done ? "completed" : "save-asked",
    again: done ? { reason: "filed" } : {},
    change(at) {
      requireDocument(database, taskId);
      const folder = askToSave(database, taskId, { at, by: by.actor });
      if (!done) return folder === undefined ? undefined : { about: folder };
      if (folder !== undefined) {
        const [version, versionAfter] = [by.version, versionOf(database, key)];
        addAct(database, key, { at, by: by.actor, act: "save-asked", about: folder, version, versionAfter });
      }
      return completeNow(context, taskId, { at, by: by.actor, reason: "filed" });
    },
  });
}

export function stopSaving(context: PracticeContext, taskId: number, by: ActBy): ActOutcome {
  requireTask(context, taskId);
  return act(context, { kind: "task", id: taskId }, by, {
    act: "save-stopped",
    again: {},
    change() {
      const stopped = stopFiling(context.database, taskId);
      if (stopped === undefined) {
        throw new PracticeError("not-being-saved", "Nothing of this task waits to be saved.");
      }
      if (stopped === "being-saved") {
        throw new PracticeError("saving-now", "It is being saved now, which cannot be stopped any more.");
      }
      return { about: stopped.folder };
    },
  });
}

/** @throws PracticeError "nothing-to-save" */
function requireDocument(database: DatabaseSync, taskId: number): void {
  const row = database
    .prepare("SELECT kind, message_at FROM task LEFT JOIN removed USING (task_id) WHERE task_id = ?")
    .get(taskId);
  if (row?.["kind"] === "document" && row["message_at"] === null) return;
  const reason =
    row?.["kind"] === "document" ? "Its message has been removed by its age" : "It has no document that was accepted";
  throw new PracticeError("nothing-to-save", `${reason}, so there is nothing to save.`);
}

/** For as long as it fails: a task may be marked as done for being filed, and is not. */
export function troubleOfFiling(database: DatabaseSync, taskId: number): Happened | undefined {
  const row = database
    .prepare("SELECT filing_id, step, problem FROM filing WHERE task_id = ? AND waiting = 1 AND attempts > 0")
    .get(taskId);
  if (row === undefined) return undefined;
  const inDoubt = text(row, "step") === "doubtful";
  return {
    reason: inDoubt ? text(row, "problem") : `${notSaved} ${text(row, "problem")} It is tried again.`,
    happenings: [`${inDoubt ? "in doubt" : "not saved"} ${number(row, "filing_id")}`],
  };
}

const notSaved = "The document has not been saved for the record system.";
