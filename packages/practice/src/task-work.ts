// What people at work set about a task: who deals with it, how soon, and how it ended.

/** Who is to deal with a task, as they are called when it is assigned. */
export interface Assignee {
  kind: "person" | "team";
  /** Of a person that of their `Actor`. */
  id: string;
  name: string;
}

/**
 * Why a task is done:
 * - `filed`: the document is in the patient's record.
 * - `nothing-to-do`: a person has read it, and there is nothing to do.
 * - `passed-on`: somebody else deals with it.
 * - `not-for-us`: it is not for this organisation.
 * - `other`: as the note says.
 */
export type CompletionReason = "filed" | "nothing-to-do" | "passed-on" | "not-for-us" | "other";

export interface Completion {
  /** Absent: not said. */
  reason?: CompletionReason;
  /** In a person's words, at most 500 characters; needed with `other`. */
  note?: string;
}

export interface TaskWork {
  /** Absent: nobody yet. */
  assignee?: Assignee;
  /** Absent: it has its turn. */
  priority?: "urgent";
  /** ISO date: the day by whose end it is to be dealt with. */
  dueOn?: string;
  /** While it is completed. */
  reason?: CompletionReason;
  /** When a person who may act first opened it. Absent: nobody has. */
  openedAt?: Date;
}
