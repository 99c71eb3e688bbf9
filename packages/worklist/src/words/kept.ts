import type { Kept, Task } from "@restante/practice";
import { type Audit, formatDay, formatSize } from "@restante/web";

/** Of a task of which something was removed by its age: what, and when. */
export function removedWords({ removed }: Pick<Task, "removed">): string | undefined {
  if (removed === undefined) return undefined;
  if (removed.at !== undefined) {
    return `This task was removed on ${formatDay(removed.at)}, as old tasks are here. What stays is that it came, and was dealt with. If the letter comes again, it is known as a copy.`;
  }
  return `The message and its documents were removed on ${formatDay(removed.messageAt)}, as old messages are here. If you need the letter, look in the patient’s record, or ask the sender for it.`;
}

interface KeptRow {
  readonly what: string;
  readonly amount: readonly string[];
  readonly howLong: string;
}

/** What is kept, a row each. */
export function keptRows({ tasks, database, files, days }: Kept, audit: ReturnType<Audit["kept"]>): readonly KeptRow[] {
  const { count, since, removed, withoutMessage } = tasks;
  return [
    {
      what: "Tasks",
      amount: [
        counted(count, "task", "tasks") + (since === undefined ? "" : `, the oldest received on ${formatDay(since)}`),
        ...(removed > 0 ? [`${counted(removed, "task has", "tasks have")} been removed`] : []),
      ],
      howLong: forSoLong(days.tasks, "after they were done or replaced"),
    },
    {
      what: "Messages as they were received",
      amount: [
        `${counted(files.count, "file", "files")}, ${formatSize(files.bytes)}, of messages that could not be read. All others are in the database`,
        ...(withoutMessage > 0 ? [`${counted(withoutMessage, "task is", "tasks are")} kept without a message`] : []),
      ],
      howLong:
        days.messages === undefined && days.tasks !== undefined
          ? "As long as their tasks"
          : forSoLong(days.messages, "after their tasks were done or replaced"),
    },
    { what: "Sent reports and unmatched messages", amount: ["In the database"], howLong: "For good" },
    {
      what: "The database",
      amount: [
        formatSize(database.bytes),
        ...(database.freeBytes > 0
          ? [`${formatSize(database.freeBytes)} of it are free, and are used before it grows`]
          : []),
      ],
      howLong: "As long as what is in it",
    },
    {
      what: "The audit, and who may sign in",
      amount: [
        counted(audit.rows, "row", "rows") +
          (audit.since === undefined ? "" : `, the oldest written on ${formatDay(audit.since)}`),
        formatSize(audit.bytes),
      ],
      howLong: forSoLong(days.audit, "after they were written"),
    },
  ];
}

/** What is said first: whether anything is removed at all. */
export function keptSummary({ days, waitsFor }: Kept): string {
  if (Object.values(days).every((limit) => limit === undefined)) {
    return "Everything is kept for good. Nothing is removed by its age, because no retention is set.";
  }
  if (waitsFor !== undefined) return `Nothing is removed now: ${waitsFor}.`;
  return "What is old is removed once a day. An open task, and anything that needs attention or an answer, is never removed.";
}

function forSoLong(days: number | undefined, after: string): string {
  return days === undefined ? "For good" : `${days.toLocaleString("en-GB")} days ${after}`;
}

function counted(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString("en-GB")} ${amount === 1 ? one : many}`;
}
