// Which tasks, reports and strays are asked for, in which order, and how they are given.
import type { Actor } from "./actor.ts";
import type { Assignee } from "./task-work.ts";
import type { ReportStanding } from "./sent-report.ts";
import type { MatchOutcome, TaskFlag, TaskKind } from "./task-facts.ts";

/** Which part of a list is wanted, by whom. */
export interface ListOf<Query, Sort = ListSort> {
  actor: Actor;
  /** Absent: all. */
  query?: Query;
  /** `newest` first where absent. */
  sort?: Sort;
  /** The first 100 where absent. */
  page?: ListPage;
}

/** By when a thing was first stored here. */
export type ListSort = "newest" | "oldest";

/**
 * - `patient`: by the patient's family name, then the others, from a to z; those without a name last.
 * - `consulted`: by when the patient was seen, else by the date of the document, the newest first; those without a date last.
 * - `due`: by the day by which they are due, the first first; those that have none, or are not open, last.
 */
export type TaskSort = ListSort | "patient" | "consulted" | "due";

/**
 * One page of a list. A list can be turned 100,000 items deep from either end; what lies between is found by a text.
 * Throws "page-out-of-range".
 */
export interface ListPage {
  /** From 1. Behind the last page there is nothing, which is no error. */
  number: number;
  /** 1 to 1,000 items. */
  size: number;
}

export interface Listing<Item> {
  /** Those of the page, in the order asked for. */
  items: Item[];
  /** How many there are on all pages. */
  total: number;
  /** Only the first 2,000 that have the text, in the order asked for, were looked at: there may be more than `total`. Never of tasks. */
  cutOff?: true;
}

/**
 * A text to search for, at most 10 words of 200 characters in all. Found is what has each word of it, or a word that begins so, whatever
 * the case and the accents. An NHS number may be written with spaces. Throws "search-too-long".
 */
export interface TextQuery {
  text?: string;
}

/**
 * - `open`: for a person to deal with.
 * - `completed`: a person has dealt with it.
 * - `replaced`: a later version of the document has arrived and is a task of its own (SD-033: "archive the replaced document").
 * - `removed`: it was completed or replaced, and has been removed by its age. In no list, unless it needs attention.
 */
export type TaskState = "open" | "completed" | "replaced" | "removed";

/**
 * What else tasks are asked for by. Each is passed by a task that has one of what it lists, and a task must pass each; absent or
 * empty: any.
 */
export interface TaskFilters {
  recipientType?: readonly ("FA" | "FI")[];
  kind?: readonly TaskKind[];
  match?: readonly MatchOutcome[];
  flags?: readonly TaskFlag[];
  /** A key of `senders()`. What is confidential has none. */
  sender?: string;
  receivedFrom?: Date;
  /** Not itself. */
  receivedBefore?: Date;
  /** Stored later than this one: their ids are greater. */
  afterTask?: number;
  /** Who is to deal with it, or nobody yet. */
  assignee?: Pick<Assignee, "kind" | "id"> | "nobody";
  priority?: "urgent";
  /** ISO dates: open, and due by a day from the one on, until the other, both of them included. */
  dueFrom?: string;
  dueUntil?: string;
}

/**
 * The text is looked for in the subject, the title, the patient's name, NHS number and date of birth (as people write one:
 * 12/03/1980, 12 March 1980, 1980-03-12, March 1980), the ids of the message and its document, and the sender unless the document
 * is confidential. How many there are is told exactly, however many have it.
 */
export interface TaskQuery extends TextQuery, TaskFilters {
  /** Those in a state; or those that need attention, whatever their state. Absent: all that are kept. */
  show?: Exclude<TaskState, "removed"> | "attention";
}

export interface ReportQuery extends TextQuery {
  /**
   * Those that a person must look at (see `SentReport.attention`); those that a person has dealt with; or those that stand so.
   * Absent: all.
   *
   * The text is looked for in the subject, which names the patient, and in the ODS code, address and name of the
   * recipient, as far as they are stored with the report.
   */
  show?: "attention" | "dealt-with" | ReportStanding;
  /** The ODS code or mailbox of who it goes to; `REGISTERED` where that is the registered practice, not known yet. */
  receiver?: string;
}

export interface StrayQuery extends TextQuery {
  /**
   * Those that a person must look at; or those that a person has dealt with. Absent: all.
   *
   * The text is looked for in the subject, the sender's mailbox, the workflow, the ids of the message and of the one
   * that it is about, and in what it says.
   */
  show?: "attention" | "dealt-with";
}

export type TaskList = ListOf<TaskQuery, TaskSort>;
export type ReportList = ListOf<ReportQuery>;
export type StrayList = ListOf<StrayQuery>;
export type MatchList = Omit<ListOf<never>, "query">;
