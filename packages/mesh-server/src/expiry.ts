// What time alone does to messages (the rules are in message.ts; `dueAt` says when):
//   uploading   not completed in time: abandoned, its chunks deleted.
//   accepted    not acknowledged in time: undelivered, and report 14 to the sender (MESH API, Message expiration).
//   ended       acknowledged, undelivered, failed, damaged or abandoned: deleted with its body.
// And tokens whose time alone makes them invalid are forgotten, and bodies are deleted that were long in quarantine. While
// the clock is doubted (time/clock-guard.ts) none of it happens. Each message is moved on by itself, whole or not at all: after
// a crash the next tick goes on. Some are at a time, so that they share a sync; no more, so that requests wait for few.
//
// A message that cannot be moved on is postponed and told, and those behind it have their turn. A store that takes
// nothing ends the run; the next tick tries again.

import { newMessageId } from "@restante/mesh";

import type { StoredBody } from "./bodies/bodies.ts";
import type { Context } from "./context.ts";
import { isOfEveryMessage } from "./errors.ts";
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
const EMPTY_QUARANTINE_MS = 60 * 60_000;
const QUARANTINE_MS = 30 * 24 * 60 * 60_000;

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
    "store" | "bodies" | "clock" | "realTime" | "emit" | "periods" | "nonDeliveryReports" | "troubles" | "time"
  >,
): Expiry {
  const { store, bodies, clock, realTime, emit, periods, nonDeliveryReports, troubles, time } = context;
  const postponed = createPostponed();
  const tokensDue = every(FORGET_TOKENS_MS);
  const quarantineDue = every(EMPTY_QUARANTINE_MS);
  let running: Promise<void> | undefined;
  let closing = false;
  let paused = false;

  function wake(): void {
    if (closing || paused || running !== undefined) return;
    running = run().finally(() => {
      running = undefined;
    });
  }

  /** None of the steps waits for another to work. */
  async function run(): Promise<void> {
    let failed = false;
    for (const step of [() => time.tick(), moveAllOn, forgetTokens, emptyQuarantine]) {
      try {
        await step();
      } catch (error) {
        failed = true;
        troubles.met("expiry", reasonOf(error));
      }
    }
    if (!failed) troubles.over("expiry");
  }

  async function moveAllOn(): Promise<void> {
    let after: DueMessage | undefined;
    for (;;) {
      const now = time.trustedNow(clock);
      if (now === undefined) return;
      const due = await store.listDue(now, PAGE, after);
      const queue = due.values();
      const works = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work(queue)));
      const failed = works.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      after = due.at(-1);
      if (due.length < PAGE || closing || paused) return;
    }
  }

  async function work(queue: Iterator<DueMessage> & Iterable<DueMessage>): Promise<void> {
    for (const message of queue) {
      if (closing || paused) return;
      if (!postponed.has(message.messageId)) await moveOneOn(message);
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
    for (const body of stored) await bodies.discard(body);
  }

  async function forgetTokens(): Promise<void> {
    const now = time.trustedNow(realTime);
    if (now === undefined || !tokensDue(now)) return;
    const before = new Date(now.getTime() - CLOCK_TOLERANCE_MS);
    while ((await store.forgetTokens(before, TOKENS_AT_ONCE)) === TOKENS_AT_ONCE) if (closing || paused) return;
  }

  async function emptyQuarantine(): Promise<void> {
    const now = time.trustedNow(realTime);
    if (now === undefined || !quarantineDue(now)) return;
    const deleted = await bodies.emptyQuarantine(new Date(now.getTime() - QUARANTINE_MS));
    if (deleted > 0) emit({ event: "quarantine-emptied", folder: bodies.quarantineFolder, bodies: deleted });
  }

  return {
    wake,
    async catchUp() {
      await running;
      postponed.forget();
      wake();
      await running;
    },
    async pause() {
      paused = true;
      await running;
    },
    resume() {
      paused = false;
      wake();
    },
    async close() {
      closing = true;
      await running;
    },
  };
}

/** True at the first call, and then once in so many milliseconds, either way. */
function every(milliseconds: number): (now: Date) => boolean {
  let last = -Infinity;
  return (now) => {
    if (Math.abs(now.getTime() - last) < milliseconds) return false;
    last = now.getTime();
    return true;
  };
}
