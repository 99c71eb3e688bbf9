import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { storeAssignee, storeSoon } from "../store/task-work.ts";
import { growVersion } from "../store/versions.ts";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { Assignee, CompletionReason, TaskWork } from "../task-work.ts";
import type { MatterKey } from "../worklist.ts";
import { act } from "./acting.ts";
import { requireTask } from "./decisions.ts";
import { requiredNote } from "./notes.ts";
import { optionalText, optionalTime, present, type Row, text } from "./rows.ts";

/** The columns of what people have set about a task that `workTables` are joined to. */
export const workColumns =
  "assignee_kind, assignee_id, assignee_name, priority, due_on, task_work.reason AS done_for, task_opened.at AS opened_at";

export const workTables = "task_work USING (task_id) LEFT JOIN task_opened USING (task_id)";

/** Of a row with `workColumns`; undefined where nothing is set. */
export function workIn(row: Row): TaskWork | undefined {
  const kind = optionalText(row, "assignee_kind") as Assignee["kind"] | undefined;
  const work: TaskWork = present({
    assignee: kind && { kind, id: text(row, "assignee_id"), name: text(row, "assignee_name") },
    priority: optionalText(row, "priority") as TaskWork["priority"],
    dueOn: optionalText(row, "due_on"),
    reason: optionalText(row, "done_for") as CompletionReason | undefined,
    openedAt: optionalTime(row, "opened_at"),
  });
  return Object.keys(work).length === 0 ? undefined : work;
}

export function assignTask(
  context: PracticeContext,
  taskId: number,
  assignee: Assignee | undefined,
  by: ActBy,
): ActOutcome {
  requireTask(context, taskId);
  const to = assignee && `To ${assignee.name}`;
  return act(context, keyOf(taskId), by, {
    act: assignee === undefined ? "handed-back" : "assigned",
    again: { about: to },
    change() {
      const before = openWork(context, taskId).assignee;
      if (before?.kind === assignee?.kind && before?.id === assignee?.id) return undefined;
      storeAssignee(context.database, taskId, assignee);
      return { about: to ?? `From ${before?.name}` };
    },
  });
}

export function prioritiseTask(
  context: PracticeContext,
  taskId: number,
  { priority, dueOn }: Pick<TaskWork, "priority" | "dueOn">,
  by: ActBy,
): ActOutcome {
  requireTask(context, taskId);
  if (dueOn !== undefined && !isDay(dueOn)) {
    throw new PracticeError("due-day-invalid", "The day by which it is to be dealt with is no day of the calendar.");
  }
  const about = soonInWords(priority, dueOn);
  return act(context, keyOf(taskId), by, {
    act: "prioritised",
    again: { about },
    change() {
      const before = openWork(context, taskId);
      if (before.priority === priority && before.dueOn === dueOn) return undefined;
      storeSoon(context.database, taskId, present({ priority, dueOn }));
      return { about };
    },
  });
}

/** A comment is news about the task: who had not seen it is told so before they act. */
export function commentOnTask(context: PracticeContext, taskId: number, written: string, by: ActBy): ActOutcome {
  requireTask(context, taskId);
  const note = requiredNote(written);
  return act(context, keyOf(taskId), by, {
    act: "commented",
    again: { note },
    change() {
      growVersion(context.database, keyOf(taskId));
      return { note };
    },
  });
}

const keyOf = (taskId: number): MatterKey => ({ kind: "task", id: taskId });

/** @throws PracticeError "task-not-open" */
function openWork({ database }: PracticeContext, taskId: number): TaskWork {
  const row = database
    .prepare(`SELECT state, ${workColumns} FROM task LEFT JOIN ${workTables} WHERE task_id = ?`)
    .get(taskId);
  if (row === undefined || text(row, "state") !== "open") {
    throw new PracticeError("task-not-open", "Only a task that is open can be given to somebody or made urgent.");
  }
  return workIn(row) ?? {};
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function soonInWords(priority: TaskWork["priority"], dueOn: string | undefined): string {
  const due =
    dueOn === undefined
      ? "no due date"
      : `due ${new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(dueOn))}`;
  return `${priority === "urgent" ? "Urgent" : "Not urgent"}, ${due}`;
}
