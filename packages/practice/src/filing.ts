// A document is saved, for a record system to take, as a folder of its own within a folder that the settings name.
import type { ActBy, ActOutcome, Actor } from "./actor.ts";

/** How one saving of a task's document stands: see store/filings.ts. */
export interface TaskFiling {
  /**
   * - `waiting`: a person has asked for it, and it has not been tried yet.
   * - `failed`: it was tried, and is tried again until it is saved or a person stops it.
   * - `saved`: the folder was there, whole. The record system may have taken it away since.
   */
  state: "waiting" | "saved" | "failed";
  /** What the folder is called, such as `000012-5f0c9a3e`: nothing of a patient. */
  folder: string;
  askedAt: Date;
  /** Who asked for it. */
  by: Actor;
  savedAt?: Date;
  /** SHA-256 of the folder's `metadata.json`, which has those of all its files; hexadecimal. */
  digest?: string;
  /** What failed last, and what helps, in a sentence or two. */
  failure?: string;
  /** Whether the record system has it cannot be told: it is not saved again before a person has looked. */
  inDoubt?: true;
}

/** Somebody had it saved for the record system, in `folder`, or marked its task as done because it is in the patient's record. */
export interface FiledVersion {
  at: Date;
  by: Actor;
  folder?: string;
}

export interface SaveOptions {
  /** The task is done with that: filed in the record. */
  done?: boolean;
}

/** The part of a `Worklist` that has documents saved. */
export interface DocumentSaving {
  /** The folder within which documents are saved for a record system; undefined: the settings have none. */
  filingFolder(): Promise<string | undefined>;
  /**
   * Has the document, with what there is to know of it, saved as a folder of its own for a record system: not at once, so that
   * `Task.filing` says how it stands. Where it was saved before it is saved anew; where that fails it is tried now. Throws
   * "task-unknown", "filing-off", "nothing-to-save".
   */
  saveToFolder(taskId: number, by: ActBy, options?: SaveOptions): Promise<ActOutcome>;
  /** What is not saved yet is not to be. Throws "task-unknown", "not-being-saved", "saving-now". */
  stopSaving(taskId: number, by: ActBy): Promise<ActOutcome>;
}
