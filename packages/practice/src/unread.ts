// Tasks that nobody has opened in time, those past their due date, and the notices that tell of them, and of new tasks, elsewhere.
import type { Actor } from "./actor.ts";
import type { Listing, ListOf } from "./lists.ts";

/** What of the worklist is about them. `Task` is what a list has of a task. */
export interface UnreadWorklist<Task> {
  /**
   * A person who may act has opened the page of a task, or its document: the first time is kept (`TaskWork.openedAt`). Where it
   * cannot be stored nobody has opened it, and nothing is thrown.
   */
  opened(taskId: number, actor: Actor): Promise<void>;
  /** The tasks that were told to be unread or overdue and still are. None where the practice has no `unread`. */
  unread(list: UnreadList): Promise<Listing<UnreadTask<Task>>>;
  /** To whom notices could not be sent. */
  heldNotices(): Promise<HeldNotices[]>;
  /** A person has the notices sent once more that could not be, up to the last that they saw (`upTo`). */
  sendNoticesAgain(receiver: number, upTo: number, actor: Actor): Promise<void>;
  /** A person gives them up. */
  endNotices(receiver: number, upTo: number, actor: Actor): Promise<void>;
}

export type UnreadList = Omit<ListOf<never>, "query">;

/** One of `openBy` and `overdue` is there, or both. */
export interface UnreadTask<Task> {
  task: Task;
  /** For action, and nobody has opened it: when somebody should have. */
  openBy?: Date;
  /** Open after the day on which it was due: `task.work.dueOn`. */
  overdue?: true;
}

/** Those of one receiver. */
export interface HeldNotices {
  receiver: number;
  kind: "email" | "webhook";
  /** An email address, or where a webhook is, without its path. */
  to: string;
  /** Those that were given up, and since when the first of them was tried. */
  notices: number;
  since?: Date;
  /** The last of them: see `sendNoticesAgain`. */
  upTo: number;
  /** Why the last try failed. */
  reason: string;
  /** As many came while 10,000 waited already, and were not kept. */
  notKept: number;
  /** It is in the settings no more: nothing can be sent to it. */
  unknown?: true;
}

/** When a task counts as unread. */
export interface UnreadOptions {
  /** Hours of work after which a task for action should have been opened: 1 to 200. */
  afterHours: number;
  hours: WorkingHours;
}

/** In the time of London. */
export interface WorkingHours {
  /** `08:00`; `to` is later, at most `24:00`. */
  from: string;
  to: string;
  /** From 1, Monday, to 7. */
  days: readonly number[];
  /** ISO dates on which nobody works. */
  notOn?: readonly string[];
}

export type NoticeEvent = "task-new" | "task-unread" | "task-overdue";

/** Who is told elsewhere. No notice has a patient's details. */
export interface NoticeOptions {
  /** Where the pages are, `https://worklist.example`. Absent: notices have no links. */
  address?: string;
  email?: EmailOptions;
  /** At most 10. */
  webhooks?: readonly WebhookOptions[];
}

/** Told of unread and overdue tasks: at most one email an hour of each, to each of them. */
export interface EmailOptions {
  host: string;
  port: number;
  /** `none` to this computer alone. */
  security: "tls" | "starttls" | "none";
  user?: string;
  password?: string;
  from: string;
  /** At most 20. */
  to: readonly string[];
  /** PEM. Absent: the authorities that Node.js knows. */
  ca?: string;
}

export interface WebhookOptions {
  /** HTTPS; HTTP to this computer alone. */
  url: string;
  /** Under which the body is signed: 16 characters or more. */
  secret: string;
  /** Absent: all. */
  events?: readonly NoticeEvent[];
  /** PEM. Absent: the authorities that Node.js knows. */
  ca?: string;
}
