// What time alone does to messages (the rules are in message.ts; `dueAt` says when):
//   uploading   not completed in time: abandoned, its chunks deleted.
//   accepted    not acknowledged in time: undelivered, and report 14 to the sender (MESH API, Message expiration).
//   ended       acknowledged, undelivered, failed, damaged or abandoned: deleted with its body.
// And tokens whose time alone makes them invalid are forgotten, and what belongs to nobody is tidied away, which may take an hour and
// so goes on beside the rest. While the clock is
// doubted (time/clock-guard.ts) none of it happens. Of many nodes on one store one does each at a time, one whose clock is not
// doubted. Each message is moved on by itself, whole or not at all: after
// a crash the next tick goes on. Some are at a time, so that they share a sync; no more, so that requests wait for few.
//
// A message that cannot be moved on is postponed and told, and those behind it have their turn. A store that takes
// nothing ends the run; the next tick tries again.

import { newMessageId } from "@restante/mesh";

import type { StoredBody } from "./bodies/bodies.ts";
import type { Context } from "./context.ts";
import { isOfEveryMessage } from "./errors.ts";
import { inLanes } from "./lanes.ts";
import { abandon, expire, type Message } from "./message.ts";
import { createPostponed } from "./postponed.ts";
import { announceReport } from "./routing.ts";
import type { DueMessage } from "./store/store.ts";
import { CLOCK_TOLERANCE_MS } from "./time/clock-guard.ts";
import { reasonOf } from "./troubles.ts";

const PAGE = 100;
const AT_ONCE = 32;
const FORGET_TOKENS_MS = 60_000;
/** One transaction forgets no more: whoever sends or acknowledges meanwhile waits for it. */
const TOKENS_AT_ONCE = 1000;
const TIDY_MS = 60 * 60_000;
/** What failed lasts, and is told as lasting, until it was done. */
const TIDY_AGAIN_MS = 60_000;

export interface Expiry {
  /** Looks for what is due, unless it is looking already. */
  wake(): void;
  /** Resolves when all that is due now was looked at, also what failed before and waits to be tried again. Not while paused. */
  catchUp(): Promise<void>;
  /** Begins nothing more when this resolves, until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  close(): Promise<void>;
}

export function createExpiry(
  context: Pick<
    Context,
    | "store"
    | "bodies"
    | "keeping"
    | "clock"
    | "realTime"
    | "emit"
    | "periods"
    | "nonDeliveryReports"
    | "troubles"
    | "time"
  >,
): Expiry {
  const { store, bodies, keeping, clock, realTime, periods, nonDeliveryReports, troubles, time } = context;
  const postponed = createPostponed();
  const tokensDue = every(() => FORGET_TOKENS_MS);
  const tidyDue = every(() => (untidied === undefined ? TIDY_MS : TIDY_AGAIN_MS));
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  let tidying: Promise<void> | undefined;
  let untidied: string | undefined;
  let paused = false;

  function isStopping(): boolean {
    return closing.signal.aborted || paused;
  }

  async function ended(): Promise<void> {
    await running;
    await tidying;
  }

  function wake(): void {
    if (isStopping() || running !== undefined) return;
    running = run().finally(() => {
      running = undefined;
    });
  }

  /** None of the steps waits for another to work. */
  async function run(): Promise<void> {
    let failed = false;
    for (const step of [() => time.tick(), moveAllOn, forgetTokens, beginToTidy]) {
      try {
        await step();
      } catch (error) {
        failed = true;
        troubles.met("expiry", reasonOf(error));
      }
    }
    if (untidied !== undefined) troubles.met("expiry", untidied);
    else if (!failed) troubles.over("expiry");
  }

  async function moveAllOn(): Promise<void> {
    let after: DueMessage | undefined;
    for (;;) {
      const now = time.trustedNow(clock);
      if (!(await keeping.isOurs("expiry", now !== undefined)) || now === undefined) return;
      const due = await store.listDue(now, PAGE, after);
      await inLanes(AT_ONCE, due.values(), async (message) => {
        if (isStopping() || !(await keeping.isOurs("expiry"))) return "enough";
        if (!postponed.has(message.messageId)) await moveOneOn(message);
        return undefined;
      });
      after = due.at(-1);
      if (due.length < PAGE || isStopping()) return;
    }
  }

  async function moveOneOn({ mailboxId, messageId }: DueMessage): Promise<void> {
    try {
      const message = await store.find(mailboxId, messageId);
      if (message !== undefined) await moveOn(message);
      postponed.worked(messageId);
      troubles.over("expiry", messageId);
    } catch (error) {
      if (isOfEveryMessage(error)) throw error;
      postponed.failed(messageId);
      troubles.met("expiry", reasonOf(error), messageId);
    }
  }

  async function moveOn(message: Message): Promise<void> {
    const now = clock.now();
    switch (message.state) {
      case "uploading":
        if ((await store.apply(abandon(message, now, periods))) === "done") {
          await discard(await store.removeBodies(message));
        }
        return;
      case "accepted": {
        const change = expire(message, newMessageId(now), now, periods, nonDeliveryReports);
        if ((await store.apply(change)) === "done") announceReport(context, change.report);
        return;
      }
      case "routing":
        return;
      case "acknowledged":
      case "undelivered":
      case "failed":
      case "damaged":
      case "abandoned":
        await discard(await store.remove(message));
    }
  }

  async function discard(stored: readonly StoredBody[]): Promise<void> {
    const large = stored.filter(({ kind }) => kind === "file");
    // Else the sweep's, once it is known whose they are.
    if (large.length === 0 || !(await keeping.mayDelete(closing.signal))) return;
    for (const body of large) await bodies.discard(body, closing.signal);
  }

  async function forgetTokens(): Promise<void> {
    const now = time.trustedNow(realTime);
    if (!(await keeping.isOurs("tokens", now !== undefined)) || now === undefined || !tokensDue(now)) return;
    const before = new Date(now.getTime() - CLOCK_TOLERANCE_MS);
    while ((await store.forgetTokens(before, TOKENS_AT_ONCE)) === TOKENS_AT_ONCE) if (isStopping()) return;
  }

  async function beginToTidy(): Promise<void> {
    const now = time.trustedNow(realTime);
    if (!(await keeping.isOurs("bodies", now !== undefined)) || now === undefined) {
      untidied = undefined;
      return;
    }
    if (tidying !== undefined || isStopping() || !tidyDue(now)) return;
    tidying = tidy(now).finally(() => {
      tidying = undefined;
    });
  }

  async function tidy(now: Date): Promise<void> {
    try {
      await keeping.tidy(now, closing.signal);
      untidied = undefined;
    } catch (error) {
      if (!closing.signal.aborted) untidied = reasonOf(error);
    }
  }

  return {
    wake,
    async catchUp() {
      await running;
      postponed.forget();
      wake();
      await ended();
    },
    async pause() {
      paused = true;
      await ended();
    },
    resume() {
      paused = false;
      wake();
    },
    async close() {
      closing.abort();
      await ended();
    },
  };
}

/** True at the first call, and then once in so many milliseconds, either way. */
function every(milliseconds: () => number): (now: Date) => boolean {
  let last = -Infinity;
  return (now) => {
    if (Math.abs(now.getTime() - last) < milliseconds()) return false;
    last = now.getTime();
    return true;
  };
}
