// Words about tasks that nobody has opened in time, those past their due date, and notices that could not be sent.
import type { HeldNotices, TaskSummary, UnreadTask } from "@restante/practice";
import { formatDate, formatTime } from "@restante/web";

/** Why a task is in the list, a sentence each. */
export function lateWords({ task, openBy, overdue }: UnreadTask<TaskSummary>): readonly string[] {
  return [
    ...(openBy === undefined ? [] : [`Nobody has opened it. It was to be opened by ${formatTime(openBy)}`]),
    ...(overdue === true ? [`Not done. It was due on ${formatDate(task.work?.dueOn ?? "")}`] : []),
  ];
}

/** To whom they were to go. */
export function receiverWords({ kind, to }: Pick<HeldNotices, "kind" | "to">): string {
  return kind === "email" ? `Email to ${to}` : `Webhook at ${to}`;
}

/** What became of them, a sentence each. */
export function heldWords({ notices, since, notKept, unknown, reason }: HeldNotices): readonly string[] {
  const many = (count: number): string => (count === 1 ? "1 notice" : `${count.toLocaleString("en-GB")} notices`);
  const when = since === undefined ? "" : `, the first of ${formatTime(since)}`;
  return [
    ...(notices === 0 ? [] : [`${many(notices)} could not be sent${when}.`]),
    ...(reason === "" || notices === 0 ? [] : [reason]),
    ...(notKept === 0
      ? []
      : [`${many(notKept)} came while 10,000 waited already, and ${notKept === 1 ? "was" : "were"} not kept.`]),
    ...(unknown === true ? ["Nothing can be sent to it any more."] : []),
  ];
}
