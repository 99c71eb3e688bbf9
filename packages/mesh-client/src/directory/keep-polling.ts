// When the directory client does something by itself:
//
//   a poll           once the interval is over, and a little more at random; at once if messages are left that were not tried, or
//                    one has come that was passed
//   a look at OUT    between polls: when OUT has changed; when what was in it had not settled; when a pair has been waited for
//                    long enough (send-all.ts); when a person has decided about held pairs (held-requests.ts). The server is not
//                    asked for its inbox.
//
// An OUT of very many files costs its look so much that looks are kept apart by as much again.

import { setTimeout as delay } from "node:timers/promises";
import { watchOut } from "./out-watch.ts";
import type { Wake } from "./wake.ts";

export interface Polling {
  /** Neither fails but when the client was closed. */
  readonly poll: () => Promise<unknown>;
  readonly lookAtOut: () => Promise<unknown>;
  /** Of the last look. */
  readonly next: () => Next;
  readonly out: string;
  /** Woken when something is to be done before its time: a poll, if `next` says so, or else a look at OUT. */
  readonly wake: Wake;
  readonly pollIntervalMs: number;
  readonly pollJitterPercent: number;
  readonly signal: AbortSignal;
}

export interface Next {
  readonly pollAtOnce: boolean;
  /** In how many milliseconds OUT is to be looked at, even if nothing in it changes; undefined if not at all. */
  readonly lookWithinMs: number | undefined;
  /** How long it took to look at all that is in it, in milliseconds. */
  readonly lookTookMs: number;
}

/** Of the time, this much at most goes into looking. */
const shareOfLooking = 0.2;
const longestPauseMs = 30_000;
/** Between looks at an OUT that has not changed. */
const leastBetweenMs = 200;

/** A timer counts no further: a longer one would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Until it is given up. */
export async function keepPolling(polling: Polling): Promise<void> {
  const { poll, lookAtOut, next, out, wake, pollIntervalMs, pollJitterPercent, signal } = polling;
  using watched = watchOut(out, wake);

  async function lookUntil(pollAt: number): Promise<void> {
    for (;;) {
      const { lookWithinMs = Infinity, lookTookMs } = next();
      await pause(Math.min(lookTookMs / shareOfLooking, longestPauseMs, pollAt - performance.now()), signal);
      const withinMs = Math.min(pollAt - performance.now(), Math.max(lookWithinMs, leastBetweenMs));
      await watched.changed(Math.max(0, Math.min(withinMs, longestTimerMs)), signal);
      if (signal.aborted || performance.now() >= pollAt || next().pollAtOnce) return;
      await watched.looks();
      await lookAtOut().catch(() => undefined);
    }
  }

  while (!signal.aborted) {
    await watched.looks();
    await poll().catch(() => undefined);
    if (next().pollAtOnce) continue;
    await lookUntil(performance.now() + later(pollIntervalMs, pollJitterPercent, Math.random()));
  }
}

/** How long to wait for the next poll: never less than the interval, which is what the server asks for. */
export function later(intervalMs: number, jitterPercent: number, random: number): number {
  return intervalMs * (1 + (jitterPercent / 100) * random);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms >= 1) await delay(ms, undefined, { signal }).catch(() => undefined);
}
