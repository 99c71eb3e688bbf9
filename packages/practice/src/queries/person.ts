import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { taskOfMessage } from "../store/copies.ts";
import { dealWithMatter, seeMatter, undoMatter } from "../store/matters.ts";
import { moveOutgoing } from "../store/outgoing.ts";
import { versionOf } from "../store/versions.ts";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { MatterKey } from "../worklist.ts";
import { act } from "./acting.ts";
import { unknownTask } from "./decisions.ts";
import { number, optionalText, text } from "./rows.ts";

/** In characters. */
const longestNote = 500;

export function completeTask(context: PracticeContext, taskId: number, by: ActBy): ActOutcome {
  const { database } = context;
  const key: MatterKey = { kind: "task", id: taskId };
  requireTask(database, taskId);
  return act(context, key, by, {
    act: "completed",
    again: true,
    change(at) {
      const { changes } = database
        .prepare("UPDATE task SET state = 'completed', completed_at = ? WHERE task_id = ? AND state = 'open'")
        .run(at.toISOString(), taskId);
      return changes === 0 ? undefined : { about: dealWithMatter(database, key, { at, by: by.actor }) };
    },
  });
}

/** What was dealt with by completing the task needs attention again; what a person dealt with apart does not. */
export function reopenTask(context: PracticeContext, taskId: number, by: ActBy): ActOutcome {
  const { database } = context;
  const key: MatterKey = { kind: "task", id: taskId };
  requireTask(database, taskId);
  return act(context, key, by, {
    act: "reopened",
    again: true,
    change() {
      const row = database
        .prepare("SELECT completed_at FROM task WHERE task_id = ? AND state = 'completed'")
        .get(taskId);
      if (row === undefined) return undefined;
      database.prepare("UPDATE task SET state = 'open', completed_at = NULL WHERE task_id = ?").run(taskId);
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
      if (!moveOutgoing(database, headerId, "held", "due", { at, dueAt: at, problem: null })) throw notHeld();
      return {};
    },
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

/** Opening a page is no act that is kept on record. What has happened since the page was read stays new. */
export function seeAsOf({ database }: PracticeContext, key: MatterKey, { version }: ActBy): ActOutcome {
  return inTransaction(database, () => {
    if (versionOf(database, key) !== version) return { outcome: "changed-meanwhile" };
    seeMatter(database, key);
    return { outcome: "done", version };
  });
}

export function dealWith(context: PracticeContext, key: MatterKey, by: ActBy, written?: string): ActOutcome {
  const note = written?.trim() || undefined;
  if (note !== undefined && Array.from(note).length > longestNote) {
    throw new PracticeError("note-too-long", `A note has at most ${longestNote} characters.`);
  }
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

/** What was wrong may have ended since a person dealt with it. */
function lookAgain(database: DatabaseSync, { kind, id }: MatterKey): void {
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
}

function requireTask(database: DatabaseSync, taskId: number): void {
  if (database.prepare("SELECT 1 FROM task WHERE task_id = ?").get(taskId) === undefined) throw unknownTask();
}
