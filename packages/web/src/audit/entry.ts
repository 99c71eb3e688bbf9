/** What somebody did, as the audit calls it. The first line is of pages, the next two of messages, then who may come in, and by which tokens programs ask. */
export type AuditAct =
  | ("list" | "view" | "download" | "print" | "search" | "read-audit" | "resolve" | "verify")
  | ("complete" | "reopen" | "deal-with" | "undo" | "answer" | "send-again" | "match" | "take-back")
  | ("assign" | "prioritise" | "comment" | "save" | "save-and-complete" | "stop-saving")
  | ("send-notices" | "end-notices")
  | ("sign-in" | "second-factor" | "sign-out" | "change-password" | "add-user" | "change-user")
  | ("add-token" | "revoke-token")
  // The oldest rows, by their age: see old-rows.ts.
  | "remove-rows";

/**
 * - `asked`: written before it is done: without this row it is not.
 * - `done`: it was shown, or done.
 * - `refused`: they may not, or are not who they say.
 * - `not-done`: there is no such thing, or it cannot be done to it as it is.
 * - `failed`: the system could not.
 */
export type AuditOutcome = "asked" | "done" | "refused" | "not-done" | "failed";

/** Holds ids alone: no name of a person or patient, nothing that was searched for. */
export interface AuditEntry {
  /** Who: the id of a user, `token:NAME` of a program, `this-computer`, `issuer` of what follows from what it says of a user,
   * `nobody` where they were not known, or `retention`. */
  readonly actor: string;
  /** By which sign-in, or token. */
  readonly session?: string;
  /** From where: the address of their machine, `command` for what is typed on this one, or `system`. */
  readonly source: string;
  readonly act: AuditAct;
  readonly outcome: AuditOutcome;
  /** What it was about, such as `task:12`; of a list what it showed. */
  readonly subjects: readonly string[];
}

export interface AuditRow extends AuditEntry {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** By the machine's own clock, whatever the clock of the system is moved to. */
  readonly at: Date;
  /** What it says cannot be read any more: somebody changed it. `at` is then 1970, and `subjects` are none. */
  readonly damaged?: true;
}

/** With its seal in hexadecimal digits, as the log may have it. */
export interface SealedRow extends AuditRow {
  readonly seal: string;
}

/** What a row is about is an id that means something to this system alone. */
export function isSubject(text: string): boolean {
  return /^[a-z][a-z-]{0,31}:[A-Za-z0-9._-]{1,80}$/.test(text);
}
