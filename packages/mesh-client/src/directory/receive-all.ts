// How a poll receives:
//
//   listing --> queue --> being fetched, several at once --> in the order of the listing --> IN --> acknowledged
//
// It lists as the queue empties (list-inbox.ts). A message is tried once a poll.
//
// Until the server has begun to answer one, and after each failure, one is fetched at a time: a server that is gone, or a
// password that is wrong, costs one request and not as many as there are places. Whoever does not answer for `trialMs` holds
// up the next no longer.
//
// A message that is fetched more slowly than others wait for it (`orderWaitMs`) is passed: it goes on, and comes to IN when it
// has arrived, at this poll or a later one, which then begins at once. The poll does not wait for it either. One that goes on for
// long (half an hour) is told, also where nothing is behind it.
//
// Nor does the poll wait longer than that for a place, which other mailboxes may have all of: what asked for one goes on asking,
// before all that is listed later, and a poll begins at once when it has it.

import { setImmediate as turnOfEvents } from "node:timers/promises";
import type { MessageId } from "@restante/mesh";
import type { DirectoryContext } from "./context.ts";
import { type Inbox, listInbox } from "./list-inbox.ts";
import { createListedOrder } from "./listed-order.ts";
import { acknowledgeReceived, type Arrived, fileReceived, giveUp } from "./receive.ts";
import { createLosses } from "./receiving-losses.ts";
import { beginFetching, fetchedForLong, type ReceivingState, waitedFor, waitsForPlace } from "./receiving-state.ts";
import { createWake } from "./wake.ts";

/** Also what was passed counts. A download holds a connection, of which the library has 8: some must be left to all else. */
const mostFetching = 6;
const mostAcknowledging = 8;
/** So many at most wait in TEMP for one before them. */
const mostInOrder = 100;
/** So many ids of a listing are held ready. */
const mostInQueue = 20;
const trialMs = 10 * 1000;
const lookAgainMs = 5 * 1000;

export interface Receiving {
  readonly received: number;
  /** Messages are left that were not tried: the next poll need not wait. */
  readonly more: boolean;
}

/**
 * Receives what is in the mailbox, oldest first. A message that fails is passed over, and tried again by a back-off of its
 * own, after those that have not failed; only trouble with the way to the server, or with a folder that all need, ends
 * this.
 */
export async function receiveAll(
  context: DirectoryContext,
  state: ReceivingState,
  { unfiled, signal }: { unfiled: ReadonlySet<string>; signal: AbortSignal },
): Promise<Receiving> {
  const { journal, troubles, mailboxId, workers, settings, emit } = context;
  const { backOff, fetching } = state;
  const { orderWaitMs } = settings;
  const wake = createWake();
  const losses = createLosses(context, backOff, signal);
  const order = createListedOrder<Arrived>(orderWaitMs);
  const tried = new Set<MessageId>();
  const queue: MessageId[] = [];
  /** May come to IN now. */
  let arrived: Arrived[] = [];
  let received = 0;
  let more = false;
  let isStopped = false;
  let isTrial = true;
  /** What the poll waits for besides fetching: the listing, filing, acknowledging, looking at failures. */
  let inHand = 0;
  let acknowledging = 0;
  let failing = 0;
  let isFiling = false;
  /** The listing waits for what it has brought. */
  let isListingIdle = false;
  /** Every place is taken by what nobody waits for any more. */
  let isFull = false;
  let afterTurn: (() => void)[] = [];
  /** One for all of a turn: what is not due by it has a timer. */
  let now = performance.now();

  const mayBegin = (): boolean => !isStopped && !more && !isFull && !signal.aborted;
  const waited = (): ReturnType<typeof waitedFor> => waitedFor(state, { now, orderWaitMs });
  const slow = (ms: number): boolean => waited().every(({ begunAt }) => begunAt !== undefined && now - begunAt >= ms);
  const isWithoutPlace = (): boolean => fetching.size >= mostFetching || waitsForPlace(state, now);
  const isQueueDone = (): boolean => queue.length === 0 || !mayBegin();
  /** Nothing can be done before something more has been fetched. */
  const isFetchingAlone = (): boolean =>
    inHand === (isListingIdle ? 1 : 0) && arrived.length === 0 && (isQueueDone() || isWithoutPlace());

  /** Begins something that the poll waits for; what it fails with concerns all. */
  function begin(work: () => Promise<void>): void {
    inHand += 1;
    void work()
      .catch((error: unknown) => {
        troubles.met(error);
        isStopped = true;
      })
      .finally(() => {
        inHand -= 1;
        wake.wake();
      });
  }

  async function until(isSo: () => boolean): Promise<void> {
    wake.wake();
    isListingIdle = true;
    while (!isSo()) await new Promise<void>((resolve) => void afterTurn.push(resolve));
    isListingIdle = false;
  }

  async function enqueue(messageId: MessageId): Promise<void> {
    queue.push(messageId);
    await until(() => queue.length < mostInQueue || !mayBegin());
  }

  const inbox: Inbox = {
    isInHand: (messageId) => tried.has(messageId) || fetching.has(messageId),
    mayBegin,
    enqueue,
    settled: async () => until(() => isFetchingAlone() && isQueueDone() && waited().length === 0),
    received: () => received,
  };

  async function list(): Promise<void> {
    const isLeft = await listInbox(context, state, { unfiled, inbox, signal });
    if (isLeft) more = true;
  }

  function start(messageId: MessageId): void {
    tried.add(messageId);
    let isReceived: boolean;
    try {
      isReceived = journal.received(messageId);
    } catch (error) {
      // What goes on must come to its end all the same.
      fail(messageId, error);
      return;
    }
    if (isReceived) {
      acknowledge(messageId, false);
      return;
    }
    order.begin(messageId);
    beginFetching(context, state, messageId, { signal, onAnswer: () => answered() });
  }

  function answered(): void {
    isTrial = false;
    wake.wake();
  }

  function over(messageId: MessageId, { isGone = false } = {}): void {
    losses.succeeded();
    backOff.over(messageId);
    if (isGone) troubles.goneMessage(messageId);
    else troubles.overMessage(messageId);
  }

  function acknowledge(messageId: MessageId, isNew: boolean): void {
    acknowledging += 1;
    begin(async () => {
      const begunAt = performance.now();
      try {
        if (isStopped) return;
        await workers.run(mailboxId, async () => acknowledgeReceived(context, messageId, signal), { signal });
        isTrial = false;
        over(messageId);
        if (isNew) received += 1;
      } catch (error) {
        fail(messageId, error, begunAt);
      } finally {
        acknowledging -= 1;
      }
    });
  }

  function fail(messageId: MessageId, error: unknown, begunAt = performance.now()): void {
    failing += 1;
    isTrial = true;
    begin(async () => {
      try {
        const verdict = await losses.failed(messageId, error, begunAt);
        if (verdict === "stop") isStopped = true;
        if (verdict === "later") more = true;
      } finally {
        failing -= 1;
      }
    });
  }

  async function file(batch: readonly Arrived[]): Promise<void> {
    const begunAt = performance.now();
    for (const [messageId, fate] of await fileReceived(context, batch, state.watch)) {
      if (fate.is === "filed") acknowledge(messageId, true);
      else if (fate.is === "not received") fail(messageId, fate.error, begunAt);
      else over(messageId);
    }
    if (troubles.isUnusable("IN")) isStopped = true;
  }

  function lookAtFetching(): void {
    for (const [messageId, { outcome, begunAt }] of fetching) {
      if (outcome === undefined) continue;
      fetching.delete(messageId);
      tried.add(messageId);
      if (outcome.is === "arrived") {
        if (!order.arrived(messageId, outcome.arrived, now)) arrived.push(outcome.arrived);
        continue;
      }
      order.over(messageId);
      if (outcome.is === "failed") fail(messageId, outcome.error, begunAt);
      else over(messageId, { isGone: true });
    }
    const { items, passed } = order.take(now);
    arrived.push(...items);
    for (const { id, by } of passed) {
      pass(id);
      emit({ event: "message-overtaken", mailboxId, messageId: id, by });
    }
  }

  function pass(messageId: MessageId): void {
    const one = fetching.get(messageId);
    if (one !== undefined) one.isPassed = true;
  }

  function fileArrived(): void {
    if (isFiling || arrived.length === 0) return;
    const batch = arrived;
    arrived = [];
    isFiling = true;
    begin(async () => {
      try {
        // It may be that another client has the folder.
        if (signal.aborted) await giveUp(context, batch);
        else await file(batch);
      } finally {
        isFiling = false;
      }
    });
  }

  function mayStart(): boolean {
    if (!mayBegin() || isWithoutPlace() || order.size() >= mostInOrder) return false;
    if (!isTrial) return acknowledging < mostAcknowledging;
    return failing === 0 && acknowledging === 0 && slow(trialMs);
  }

  /** What is left behind when nothing else can be done. */
  function leaveSlow(): void {
    if (!isFetchingAlone() || order.dueIn(0) !== undefined || !slow(orderWaitMs)) return;
    for (const [messageId, one] of fetching) {
      if (one.begunAt === undefined) continue;
      one.isPassed = true;
      order.over(messageId);
    }
    if (!isQueueDone()) isFull = true;
  }

  /** When something may be passed, in milliseconds from now; it is looked at now and then in any case. */
  function dueIn(): number {
    const waitMs = isTrial && queue.length > 0 ? trialMs : orderWaitMs;
    const due = waited().map(
      ({ askedAt, begunAt }) => (begunAt === undefined ? askedAt + orderWaitMs : begunAt + waitMs) - now,
    );
    const ofOrder = order.dueIn(now);
    return Math.ceil(Math.min(...due.filter((ms) => ms > 0), ofOrder ?? Infinity, lookAgainMs));
  }

  state.poll = wake;
  // Those that an earlier poll asked a place for are before all that is listed.
  for (const [messageId, { isPassed }] of fetching) if (!isPassed) order.begin(messageId);
  begin(list);
  try {
    for (;;) {
      now = performance.now();
      lookAtFetching();
      fileArrived();
      while (queue.length > 0 && mayStart()) start(queue.shift()!);
      leaveSlow();
      const turn = afterTurn;
      afterTurn = [];
      for (const resume of turn) resume();
      if (inHand === 0 && isFetchingAlone() && isQueueDone() && waited().length === 0) break;
      await wake.wait(dueIn());
      // What comes at the same time is looked at together.
      await turnOfEvents();
    }
    // A place has come free since the rest was given up: by what ended before this, which asks for no poll.
    if (isFull && !isWithoutPlace()) more = true;
    // Together: what ends from here on is for the next poll, and says so.
    state.more = more;
  } finally {
    state.poll = undefined;
  }
  for (const messageId of fetchedForLong(state, orderWaitMs)) troubles.slowMessage(messageId);
  return { received, more };
}
