// Words about the work on a task: who deals with it, how soon, and how it ended.
import type { Assignee, CompletionReason, Task, TaskSummary, TaskWork } from "@restante/practice";
import type { Tag } from "@restante/web";

/** Why a task is done. */
export function reasonWords(reason: CompletionReason): string {
  return reasons[reason];
}

const reasons: Readonly<Record<CompletionReason, string>> = {
  filed: "Filed in the record",
  "nothing-to-do": "Nothing to do",
  "passed-on": "Passed on",
  "not-for-us": "Not for us",
  other: "Another reason",
};

/** As a form offers them. */
export const reasonChoices: readonly { value: CompletionReason; text: string }[] = Object.entries(reasons).map(
  ([value, text]) => ({ value: value as CompletionReason, text }),
);

/** What a task of its kind mostly ends with: one click. The others are a choice. */
export function usualReason({ kind }: Pick<Task, "kind">): CompletionReason {
  return kind === "document" ? "filed" : "nothing-to-do";
}

export const urgentTag: Tag = { text: "Urgent", colour: "red", meaning: "Somebody here has said that it is urgent." };

export function assigneeWords({ kind, name }: Assignee): string {
  return kind === "team" ? `${name} (team)` : name;
}

/** Whether it is the person's who looks at it. */
export function isMine({ work }: Pick<TaskSummary, "work">, me: string): boolean {
  return work?.assignee?.kind === "person" && work.assignee.id === me;
}

/** An ISO date as the three fields of a form, without noughts in front. */
export function dayFields({ dueOn }: Pick<TaskWork, "dueOn"> = {}): { day: string; month: string; year: string } {
  const [year = "", month = "", day = ""] = dueOn?.split("-") ?? [];
  return { day: day.replace(/^0/, ""), month: month.replace(/^0/, ""), year };
}
