import type { Event, NoticeReceiver, PracticeEvent } from "@restante/mesh";
import { count, repeated, type Step, system } from "./event-words.ts";

/** What of the events is about tasks that nobody has opened in time, and who is told of tasks elsewhere. */
type NoticeStep = Extract<PracticeEvent, { event: "task-unread" | "task-overdue" | `notices-${string}` }>;

export function isAboutNotices(event: Event): event is NoticeStep {
  return event.event === "task-unread" || event.event === "task-overdue" || event.event.startsWith("notices-");
}

export function narrateNotices(event: NoticeStep): Step {
  const who = system(event.odsCode);
  switch (event.event) {
    case "task-unread":
      return { who, what: `nobody has opened task ${event.taskId} in time`, tone: "bad" };
    case "task-overdue":
      return { who, what: `task ${event.taskId} is past its due date`, tone: "bad" };
    case "notices-sent":
      return {
        who,
        what: `told ${noticed(event)} of ${count(event.notices, "task", "tasks")}`,
        tone: "quiet",
      };
    case "notices-held-up":
      return {
        who,
        what: `cannot tell ${noticed(event)} of tasks, and tries again: ${event.reason}${repeated(event)}`,
        tone: "bad",
      };
    case "notices-resumed":
      return { who, what: `can tell ${noticed(event)} of tasks again`, tone: "good" };
    case "notices-given-up":
      return {
        who,
        what: `has given up ${count(event.notices, "notice", "notices")} to ${noticed(event)}: ${event.reason}`,
        tone: "bad",
      };
    case "notices-not-kept":
      return {
        who,
        what: `could not keep ${count(event.notices, "notice", "notices")} to ${noticed(event)}: too many wait`,
        tone: "bad",
      };
  }
}

function noticed({ kind, place }: NoticeReceiver): string {
  return `${kind} ${place} of its settings`;
}
