// From a patient to a mailbox: patient -> registered practice -> the mailbox that takes the workflow. It begins after
// the sender has its 202, and goes on after a crash where it was.
//
// A message in state routing is in one of:
//   due     its row in the store says when it is next tried, and that time has come. A new one is due at once.
//   held    the demographics were unavailable, or its mailbox is full: its next try is later, each time twice as late, up
//           to 5 minutes.
// It leaves the state in one transaction, with its routing address deleted:
//   placed  in the one mailbox of the practice that takes the workflow.
//   failed  with one report (EPL-150 to EPL-154; a closed mailbox is none: EPL-151) in the sender's mailbox; or 14 after a day of being held.
// Nothing of this is only in memory: the loop asks the store what is due, when a message comes and at every tick. Of many nodes on
// one store one does it at a time, whichever took the message. Where two do, for a moment, each message is still moved on once.
//
// A message that cannot even be held (its row cannot be read or written) is postponed in memory and told, and those
// behind it have their turn. A store that takes nothing ends the loop; the next tick tries again.

import { once } from "node:events";

import { type Demographics, findRegisteredPractice, type RoutingOutcome } from "@restante/demographics";
import { CodedError, lastingTroubles, newMessageId, parseRoutingAddress, type RoutingErrorCode } from "@restante/mesh";

import type { Context } from "./context.ts";
import { isOfEveryMessage } from "./errors.ts";
import { inLanes } from "./lanes.ts";
import { failRouting, type Message, place } from "./message.ts";
import { openAmong } from "./open-mailboxes.ts";
import { createPostponed } from "./postponed.ts";
import { LONGEST_HOLD_MS, type RoutingTask } from "./store/store.ts";
import { reasonOf } from "./troubles.ts";

const FIRST_DELAY_MS = 1000;
const LONGEST_LOOKUP_MS = 30_000;
const PAGE = 32;
const AT_ONCE = 8;
const TELL_UNROUTABLE_MS = 60_000;
const MOST_TOLD = 1000;

export interface Routing {
  /** Something may be due. */
  wake(): void;
  /** Resolves when all that is due now was tried, also what failed before and waits to be tried again. Not while paused. */
  catchUp(): Promise<void>;
  /** Begins nothing more when this resolves, until `resume`; who is being looked up is looked up again then. */
  pause(): Promise<void>;
  /** Troubles of what may not be there any more are forgotten. */
  resume(): void;
  /** Ends after the messages in hand. */
  close(): Promise<void>;
}

export function createRouting(
  context: Omit<Context, "wakeRouting" | "guard" | "requestRate" | "isLeaving">,
  demographics: Demographics,
  options: { match: "spine" | "strict"; holdForMs: number },
): Routing {
  const { store, keeping, clock, realTime, emit, periods, nonDeliveryReports, registry, room, troubles, time } =
    context;
  // Of closing, or of a pause.
  let stopping = new AbortController();
  let closed = false;
  const postponed = createPostponed();
  const holds = lastingTroubles(realTime);
  let running: Promise<void> | undefined;
  let woken = false;
  let toldUnroutableAt = -Infinity;

  function wake(): void {
    woken = true;
    if (stopping.signal.aborted || running !== undefined) return;
    running = drain().finally(() => {
      running = undefined;
      if (woken) wake();
    });
  }

  async function drain(): Promise<void> {
    try {
      woken = false;
      let after: RoutingTask | undefined;
      while (await keeping.isOurs("routing")) {
        const tasks = await store.listRouting(clock.now(), PAGE, after);
        await inLanes(AT_ONCE, tasks.values(), async (task) => {
          if (stopping.signal.aborted || !(await keeping.isOurs("routing"))) return "enough";
          if (!postponed.has(task.message.messageId)) await routeOne(task);
          return undefined;
        });
        after = tasks.at(-1);
        if (tasks.length === PAGE && !stopping.signal.aborted) continue;
        await tellUnroutable();
        break;
      }
      troubles.over("routing");
    } catch (error) {
      woken = false;
      troubles.met("routing", reasonOf(error));
    }
  }

  /** Looks at every message that waits, so not often. */
  async function tellUnroutable(): Promise<void> {
    if (performance.now() - toldUnroutableAt < TELL_UNROUTABLE_MS) return;
    toldUnroutableAt = performance.now();
    for (const messageId of await store.listUnroutable(MOST_TOLD)) {
      troubles.met("routing", "row-unreadable", messageId);
    }
  }

  async function routeOne(task: RoutingTask): Promise<void> {
    const { messageId } = task.message;
    try {
      await route(task);
      postponed.worked(messageId);
      troubles.over("routing", messageId);
    } catch (error) {
      if (isOfEveryMessage(error)) throw error;
      postponed.failed(messageId);
      troubles.met("routing", reasonOf(error), messageId);
    }
  }

  async function route(task: RoutingTask): Promise<void> {
    const { message } = task;
    const address = parseRoutingAddress(task.routingAddress);
    // Refused at the send already: here only if the rules of reading changed in between.
    if (address === undefined) return fail(message, "EPL-152", "address-unreadable");
    let outcome: RoutingOutcome;
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(LONGEST_LOOKUP_MS)]);
      const today = clock.now().toISOString().slice(0, 10);
      const asked = findRegisteredPractice(demographics, address, { match: options.match, today, signal });
      outcome = await Promise.race([asked, aborted(signal)]);
    } catch (error) {
      if (stopping.signal.aborted) return;
      return hold(task, error instanceof CodedError ? error.code : "failed");
    }
    if (outcome.outcome === "refused") return fail(message, outcome.code, outcome.reason);
    const { messageId, workflowId } = message;
    const { odsCode, notes } = outcome;
    emit({
      event: "patient-matched",
      messageId,
      odsCode,
      ...(notes.length > 0 && { note: notes.join(", ") }),
    });
    const receivers = registry.receivers(workflowId, odsCode);
    const [mailbox, ...others] = await openAmong(store, receivers);
    if (mailbox === undefined) {
      return fail(message, "EPL-151", receivers.length === 0 ? "no-mailbox-for-workflow" : "mailbox-closed");
    }
    if (others.length > 0) return fail(message, "EPL-150", "several-mailboxes-for-workflow");
    const { mailboxId } = mailbox;
    emit({ event: "mailbox-matched", messageId, odsCode, mailboxId });
    const change = place(message, mailboxId, movedAt(message), periods);
    const placed = await store.apply(change);
    if (placed === "mailbox-full") {
      await room.isFull(mailboxId);
      return hold(task, "mailbox-full");
    }
    // Closed since it was looked up, it is due still: the next look finds it so.
    if (placed !== "done") return;
    holds.over(messageId);
    emit({ event: "message-placed", messageId, mailboxId });
  }

  /**
   * Now, by the clock that all nodes share where this machine's is not to be believed, and never before it was accepted: by one that is
   * behind a message, or the report on it, would expire as soon as another looks, and by one that is ahead as much later.
   */
  function movedAt({ changedAt }: Message): Date {
    const now = new Date(clock.now().getTime() - keeping.clockApart());
    return now < changedAt ? changedAt : now;
  }

  async function fail(message: Message, code: RoutingErrorCode | "14", reason: string): Promise<void> {
    const at = movedAt(message);
    const change = failRouting(message, code, newMessageId(at), at, periods, nonDeliveryReports);
    if ((await store.apply(change)) !== "done") return;
    holds.over(message.messageId);
    emit({ event: "routing-failed", messageId: message.messageId, code, reason });
    announceReport(context, change.report);
  }

  async function hold({ message, tries }: RoutingTask, reason: string): Promise<void> {
    // By this clock as it is, which also says when it is due: not so far ahead that it would be at once (`listRouting`).
    const now = clock.now();
    const trusted = time.trustedNow(clock);
    if (trusted !== undefined && trusted.getTime() - message.changedAt.getTime() >= options.holdForMs) {
      return fail(message, "14", reason);
    }
    const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.min(tries, 20), LONGEST_HOLD_MS);
    const retryAt = new Date(now.getTime() + delay);
    await store.holdRouting(message, tries + 1, retryAt);
    const told = holds.met(message.messageId, reason);
    if (told !== undefined) emit({ event: "routing-held", messageId: message.messageId, reason, retryAt, ...told });
  }

  async function pause(): Promise<void> {
    stopping.abort();
    await running;
  }

  return {
    wake,
    async catchUp() {
      await running;
      postponed.forget();
      wake();
      await running;
    },
    pause,
    resume() {
      if (closed) return;
      stopping = new AbortController();
      postponed.forget();
      holds.retain([]);
      wake();
    },
    async close() {
      closed = true;
      await pause();
    },
  };
}

/** Rejects when the signal says so: a lookup that does not heed its signal must not hold up the others. */
async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}

/** A report lies in its mailbox. */
export function announceReport({ emit }: Pick<Context, "emit">, report: Message | undefined): void {
  if (report?.linkedMessageId === undefined || report.status === undefined) return;
  emit({
    event: "report-placed",
    reportId: report.messageId,
    linkedMessageId: report.linkedMessageId,
    mailboxId: report.mailboxId,
    code: report.status.code,
  });
}
