import type { Event } from "@restante/mesh";
import type { Kept, PollResult } from "@restante/mesh-client/directory";

/** What was counted of one mailbox since the process began, and what its last poll found. */
export interface Tally {
  sent: number;
  received: number;
  failed: number;
  /** Pairs in OUT that wait, and that wait for a person, and messages that could not be fetched; undefined before the first poll. */
  waiting?: number;
  held?: number;
  unfetched?: number;
  /** How much SENT and FAILED keep; undefined before they were first measured. */
  kept?: Kept;
  /** When it last asked for its mailbox and all was well. */
  lastSuccessAt?: Date;
  /** Where there is trouble (`server`, or a folder by its name), and which. */
  readonly troubles: Map<string, string>;
}

export function createTally(): Tally {
  return { sent: 0, received: 0, failed: 0, troubles: new Map() };
}

/** Counts what is told of its mailbox. */
export function count(tally: Tally, event: Event, now: Date): void {
  if (event.event === "pair-sent") tally.sent += 1;
  if (event.event === "pair-failed") tally.failed += 1;
  if (event.event === "message-saved") tally.received += 1;
  if (event.event === "poll-succeeded") tally.lastSuccessAt = now;
  if (event.event === "poll-failed") tally.troubles.set(event.folder ?? "server", event.reason);
  if (event.event === "poll-recovered") tally.troubles.delete(event.folder ?? "server");
}

/** What a poll has found. One that was given up has not looked at everything. */
export function found(tally: Tally, result: PollResult | undefined): void {
  if (result === undefined || result.error?.code === "aborted") return;
  tally.waiting = result.waiting;
  tally.held = result.held.length;
  tally.unfetched = result.unfetched;
}
