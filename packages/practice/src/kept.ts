/** In days, each at least 30; absent: for good. See retention/retention.ts. */
export interface RetentionDays {
  /** Of a task that is done or was replaced: all that says anything of a patient. */
  tasks?: number;
  /** The message of such a task as it was received, with its documents. */
  messages?: number;
  /** The rows of the audit. It is not the practice's: whoever has it removes them, while `Kept.waitsFor` names nothing. */
  audit?: number;
}

/** What is kept, and how large it is. */
export interface Kept {
  /** `since`: when the oldest of them came. `removed`: all of them is gone; `withoutMessage`: the message alone. */
  tasks: { count: number; since?: Date; removed: number; withoutMessage: number };
  /** The file of the database; of that what is free, and is used again before it grows. */
  database: { bytes: number; freeBytes: number };
  /** Messages that could not be taken in are files. */
  files: { count: number; bytes: number };
  /** As it was set. */
  days: RetentionDays;
  /** Why nothing is removed now, where something could be, as the end of a sentence. */
  waitsFor?: string;
}
