import type { MailboxId } from "@restante/mesh";
import type { Mailbox } from "./mailbox.ts";

/** How a process of MESH clients fares, as it is shown to programs and people who ask. */
export interface Condition {
  readonly startedAt: Date;
  readonly mailboxes: readonly Mailbox[];
  /** Since its settings could not be read again; undefined if it works by what its file said last. */
  readonly refusedAt?: Date | undefined;
  readonly reloadedAt: Date;
  /** Why the log cannot be written or put aside. */
  readonly logTrouble?: string | undefined;
  /** When the certificate by which a mailbox is known, or one that it needs, expires. */
  readonly expiries: ReadonlyMap<MailboxId, Date>;
}

export interface Health {
  readonly isWell: boolean;
  /** Whom it is about, and what is not well; or that all is. */
  readonly lines: readonly string[];
}

/** Whether a new start would help: no mailbox's loop turns any more. What waits for a disk, a server or a person does not count. */
export function liveness({ mailboxes }: Pick<Condition, "mailboxes">): Health {
  const carrying = mailboxes.filter((mailbox) => mailbox.state().kind === "carrying");
  const still = carrying.filter((mailbox) => mailbox.stillFor() !== undefined);
  const isWell = still.length === 0 || still.length < carrying.length;
  return { isWell, lines: still.length === 0 ? ["alive"] : still.map(stillness) };
}

/** What is not well with the process as a whole, though its mailboxes may be carried. */
export function ofProcess({ refusedAt, logTrouble }: Pick<Condition, "refusedAt" | "logTrouble">): string[] {
  return [...ofSettings(refusedAt), ...ofLog(logTrouble)];
}

function ofSettings(refusedAt: Date | undefined): string[] {
  if (refusedAt === undefined) return [];
  return [
    `settings: what was read at ${iso(refusedAt)} could not be used, and those before are; the log has every problem`,
  ];
}

function ofLog(trouble: string | undefined): string[] {
  return trouble === undefined ? [] : [`log: it cannot be written or put aside: ${trouble}`];
}

/** Whether each mailbox is carried, and its last poll found all in order. */
export function readiness({ mailboxes, refusedAt, logTrouble }: Condition): Health {
  const notWell = [...mailboxes.flatMap(troublesOf), ...ofLog(logTrouble)];
  const remarks = ofSettings(refusedAt);
  if (notWell.length > 0) return { isWell: false, lines: [...notWell, ...remarks] };
  const many = mailboxes.length === 1 ? "1 mailbox is" : `${mailboxes.length} mailboxes are`;
  return { isWell: true, lines: [`ready: ${many} carried`, ...remarks] };
}

function troublesOf(mailbox: Mailbox): string[] {
  const { mailboxId, tally } = mailbox;
  const state = mailbox.state();
  switch (state.kind) {
    case "starting":
      return [`${mailboxId}: is starting`];
    case "waiting": {
      const times = state.times === 1 ? "once" : `${state.times} times`;
      return [
        `${mailboxId}: is not carried; tried ${times} since ${iso(state.since)}: ${oneLine(state.error.message)}`,
      ];
    }
    case "carrying": {
      if (mailbox.stillFor() !== undefined) return [stillness(mailbox)];
      if (tally.waiting === undefined && tally.troubles.size === 0) return [`${mailboxId}: has not polled yet`];
      return [...tally.troubles].map(([place, reason]) => `${mailboxId}: ${named(place, oneLine(reason))}`);
    }
  }
}

function stillness({ mailboxId, stillFor }: Mailbox): string {
  return `${mailboxId}: has not got on for ${Math.floor((stillFor() ?? 0) / 60_000)} minutes: does a disk not answer?`;
}

/** A folder's trouble names it by itself. */
function named(place: string, reason: string): string {
  if (place === "server") return `the server: ${reason}`;
  return reason.startsWith(`${place}: `) ? reason : `${place}: ${reason}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function iso(date: Date): string {
  return date.toISOString();
}
