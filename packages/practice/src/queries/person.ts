import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { dealWithMatter, seeMatter, undoMatter } from "../store/matters.ts";
import { noteReason } from "../store/task-work.ts";
import { sendHeldAgain } from "../store/undoable.ts";
import { versionOf } from "../store/versions.ts";
import type { ActBy, ActOutcome, Actor } from "../actor.ts";
import type { Completion } from "../task-work.ts";
import type { MatterKey } from "../worklist.ts";
import { act, type Acted } from "./acting.ts";
import { requireTask } from "./decisions.ts";
import { noteIn, requiredNote } from "./notes.ts";
import { lookAgain } from "./look-again.ts";
import { present, text } from "./rows.ts";
import { aboutWhat } from "./sent-by-us.ts";
import { undoUntil } from "./undo-until.ts";

export function completeTask(
  context: PracticeContext,
  taskId: number,
  by: ActBy,
  { reason, note: written }: Completion = {},
): ActOutcome {
  const key: MatterKey = { kind: "task", id: taskId };
  requireTask(context, taskId);
  const note = reason === "other" ? requiredNote(written) : noteIn(written);
  return act(context, key, by, {
    act: "completed",
    again: { reason, note },
    change: (at) => completeNow(context, taskId, { at, by: by.actor, ...present({ reason, note }) }),
  });
}

/** Part of an act. */
export function completeNow(
  { database }: PracticeContext,
  taskId: number,
  { at, by, reason, note }: Completion & { at: Date; by: Actor },
): Acted {
  const { changes } = database
    .prepare("UPDATE task SET state = 'completed', completed_at = ? WHERE task_id = ? AND state = 'open'")
    .run(at.toISOString(), taskId);
  if (changes === 0) return undefined;
  if (reason !== undefined) noteReason(database, taskId, reason);
  return { about: dealWithMatter(database, { kind: "task", id: taskId }, { at, by }), note, reason };
}

/** What was dealt with by completing the task needs attention again; what a person dealt with apart does not. */
export function reopenTask(context: PracticeContext, taskId: number, by: ActBy): ActOutcome {
  const { database } = context;
  const key: MatterKey = { kind: "task", id: taskId };
  requireTask(context, taskId);
  return act(context, key, by, {
    act: "reopened",
    again: {},
    change() {
      const row = database
        .prepare("SELECT completed_at FROM task WHERE task_id = ? AND state = 'completed'")
        .get(taskId);
      if (row === undefined) return undefined;
      database.prepare("UPDATE task SET state = 'open', completed_at = NULL WHERE task_id = ?").run(taskId);
      database.prepare("UPDATE task_work SET reason = NULL WHERE task_id = ?").run(taskId);
      const about = undoMatter(database, key, text(row, "completed_at"));
      lookAgain(database, key);
      return { about };
    },
  });
}

export function sendAgain(context: PracticeContext, headerId: string, by: ActBy): ActOutcome {
  const { database } = context;
  const notHeld = (): PracticeError =>
    new PracticeError("not-held", "Only a message whose send was never answered can be sent again.");
  const key = aboutWhat(database, headerId);
  if (key === undefined) throw notHeld();
  return act(context, key, by, {
    act: "sent-again",
    change(at) {
      if (isAnswered(database, headerId)) throw notHeld();
      if (!sendHeldAgain(database, headerId, { at, until: undoUntil(context, at) })) throw notHeld();
      return {};
    },
  });
}

/** It has arrived, so it is never sent again, whatever is known of its sending. */
function isAnswered(database: DatabaseSync, headerId: string): boolean {
  return database.prepare("SELECT 1 FROM received_response WHERE header_id = ?").get(headerId) !== undefined;
}

/** Opening a page is no act that is kept on record. What has happened since the page was read stays new. */
export function seeAsOf({ database }: PracticeContext, key: MatterKey, { version }: ActBy): ActOutcome {
  return inTransaction(database, () => {
    if (versionOf(database, key) !== version) return { outcome: "changed-meanwhile" };
    seeMatter(database, key);
    return { outcome: "done", version };
  });
}

export function dealWith(context: PracticeContext, key: MatterKey, by: ActBy, written?: string): ActOutcome {
  const note = noteIn(written);
  return act(context, key, by, {
    act: "dealt-with",
    change(at) {
      const about = dealWithMatter(context.database, key, { at, by: by.actor, note });
      if (about === undefined) {
        throw new PracticeError("nothing-to-deal-with", "Nothing about this needs attention any more.");
      }
      return { about, note };
    },
  });
}

export function undoDealtWith(context: PracticeContext, key: MatterKey, by: ActBy): ActOutcome {
  const { database } = context;
  return act(context, key, by, {
    act: "undone",
    change() {
      const about = undoMatter(database, key);
      if (about === undefined) throw new PracticeError("not-dealt-with", "Nobody has dealt with this.");
      lookAgain(database, key);
      return { about };
    },
  });
}
