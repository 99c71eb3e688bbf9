// Waiting for messages. A wait first listens to the server's events, and then looks at what is there: what is accepted in
// between is seen by one of the two or by both, and counted once, by its id. Nothing is asked in a loop.
//
//   looking   it reads what is there; what an event names meanwhile stands in its queue.
//   waiting   each message that an event names is read, and held against the filter.
//   ended     it has so many as it wants, its time is over, its caller has gone, or the server closes.
//
// At the end of its time it first considers what stands in its queue. Some states are entered without an event of their own
// (an upload begins or is abandoned): where a state is asked for it looks once more then. And it looks again when the clock
// was moved, or a snapshot restored, which changes any number of messages at once.
//
// Without a state in the filter a message counts from its acceptance on, whatever became of it since: one that was
// acknowledged at once was there.

import {
  ControlError,
  type MessageFilter,
  type MessageSummary,
  parseDuration,
  type WaitInput,
} from "@restante/control";
import type { Event, MessageId } from "@restante/mesh";

import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { createSighting, type Sighting } from "./came-instead.ts";
import type { EventFeed } from "./event-feed.ts";
import { everyMessage, findMessage, requireKnown, whyNot } from "./find-messages.ts";
import { summaryOf } from "./shown-message.ts";

const DEFAULT_WITHIN = "10s";
const MOST_WAITS = 1000;

export interface Waits {
  wait(input: WaitInput, options?: { signal?: AbortSignal }): Promise<{ messages: readonly MessageSummary[] }>;
  expectNone(input: WaitInput, options?: { signal?: AbortSignal }): Promise<{ waitedMs: number }>;
  /** Ends all that wait. */
  close(): void;
}

/** Whether a message counts that no event says was accepted meanwhile. */
type IsNew = (message: Message) => Promise<boolean>;

interface Watch {
  filter: MessageFilter;
  isNew: IsNew;
  /** Whether it also looks at what is there. */
  looksBack: boolean;
  withinMs: number;
  /** Told of each that fits, once. */
  fits: (message: Message) => void;
  /** Asked when all that is there was looked at, and after each that comes: it ends it. */
  isEnough: () => boolean;
  sighting: Sighting;
  signal: AbortSignal | undefined;
}

export function createWaits(context: Pick<Context, "registry" | "store" | "bodies" | "clock">, feed: EventFeed): Waits {
  const closing = new AbortController();
  let waits = 0;

  /** True if there were enough, false if its time was over. */
  async function watch({
    filter,
    isNew,
    looksBack,
    withinMs,
    fits,
    isEnough,
    sighting,
    signal: asked,
  }: Watch): Promise<boolean> {
    const ended = Promise.withResolvers<boolean>();
    // Whoever fails first is heard; the others must not be unhandled.
    ended.promise.catch(() => undefined);
    const counted = new Set<MessageId>();
    let queue = Promise.resolve();
    let isOver = false;

    async function consider(message: Message, arrivesNow: boolean): Promise<void> {
      if (isOver || counted.has(message.messageId)) return;
      if (filter.state === undefined && message.acceptedAt === undefined) return;
      if (!arrivesNow && !(await isNew(message))) return;
      const difference = await whyNot(context, filter, message);
      if (difference !== undefined) return sighting.add(message, difference);
      sighting.remove(message);
      counted.add(message.messageId);
      fits(message);
    }

    function endIfEnough(): void {
      if (isEnough()) ended.resolve(true);
    }

    function enqueue(step: () => Promise<void>): void {
      queue = queue.then(step).catch((error: unknown) => ended.reject(error));
    }

    function look(): void {
      enqueue(async () => {
        for await (const message of everyMessage(context)) {
          if (isOver) return;
          await consider(message, false);
        }
        endIfEnough();
      });
    }

    const entersState = filter.state !== undefined;
    const unsubscribe = feed.subscribe((event) => {
      if ((looksBack || entersState) && changesMany.has(event.event)) look();
      const arrives = arrivals.has(event.event) || isPutIntoMailbox(event);
      // Without a state nothing else makes a difference to a message.
      if (!arrives && !entersState) return;
      for (const messageId of messagesOf(event)) {
        if (counted.has(messageId)) continue;
        enqueue(async () => {
          const message = isOver ? undefined : await context.store.findAnywhere(messageId);
          if (message !== undefined) await consider(message, arrives && messageId !== linkedIn(event));
          endIfEnough();
        });
      }
    });
    const over = setTimeout(() => {
      if (entersState) look();
      enqueue(async () => ended.resolve(false));
    }, withinMs);
    const stop = whenAborted([closing.signal, asked], (reason) => ended.reject(reason));
    try {
      if (looksBack) look();
      return await ended.promise;
    } finally {
      isOver = true;
      unsubscribe();
      clearTimeout(over);
      stop();
    }
  }

  async function begun<Result>(work: () => Promise<Result>): Promise<Result> {
    if (waits >= MOST_WAITS) throw new ControlError("not-possible", `${MOST_WAITS} waits are under way.`);
    waits += 1;
    try {
      return await work();
    } finally {
      waits -= 1;
    }
  }

  return {
    wait: ({ count = 1, within = DEFAULT_WITHIN, after, since, ...filter }, { signal } = {}) =>
      begun(async () => {
        requireKnown(context, filter);
        const withinMs = parseDuration(within);
        const isNew = await beginningOf(context, { after, since });
        const found: Message[] = [];
        const sighting = createSighting();
        const came = await watch({
          filter,
          isNew,
          looksBack: true,
          withinMs,
          fits(message) {
            found.push(message);
            // What is there is read newest first, and the oldest are wanted.
            if (found.length >= 2 * count) keepOldest(found, count);
          },
          isEnough: () => found.length >= count,
          sighting,
          signal,
        });
        if (!came) throw notInTime(found.length, count, within, sighting);
        keepOldest(found, count);
        return { messages: found.map(summaryOf) };
      }),

    expectNone: ({ count = 1, within = DEFAULT_WITHIN, after, since, ...filter }, { signal } = {}) =>
      begun(async () => {
        requireKnown(context, filter);
        const withinMs = parseDuration(within);
        const looksBack = after !== undefined || since !== undefined;
        const begin = context.clock.now();
        // What is there is left alone; of a state that is asked for, what enters it now counts.
        const entersNow: IsNew = async ({ changedAt }) => filter.state !== undefined && changedAt >= begin;
        const isNew = looksBack ? await beginningOf(context, { after, since }) : entersNow;
        const from = performance.now();
        const came = createSighting();
        let found = 0;
        const watched = await watch({
          filter,
          isNew,
          looksBack,
          withinMs,
          fits(message) {
            came.add(message);
            found += 1;
          },
          isEnough: () => found >= count,
          sighting: createSighting(),
          signal,
        });
        if (watched) {
          const most = count === 1 ? "None was" : `Fewer than ${count} were`;
          throw new ControlError("not-expected", `${most} to come.${came.words("What came:")}`);
        }
        // A timer may be a part of a millisecond early.
        return { waitedMs: Math.ceil(performance.now() - from) };
      }),

    close: () => closing.abort(new ControlError("unreachable", "The server is closing.")),
  };
}

/**
 * In its own mailbox a message is before or after another by its place, which is never another's. Of two mailboxes the
 * times of acceptance tell, to the millisecond: one of the same is taken for later.
 */
async function beginningOf(
  context: Pick<Context, "registry" | "store" | "bodies">,
  { after, since }: { after: string | undefined; since: string | undefined },
): Promise<IsNew> {
  const from = since === undefined ? undefined : new Date(since);
  const isSince = (message: Message): boolean => from === undefined || acceptedAt(message) >= from.getTime();
  if (after === undefined) return async (message) => isSince(message);
  const first = await findMessage(context, after);
  const placeOf = async ({ recipientId, messageId }: Message): Promise<number | undefined> =>
    recipientId === undefined ? undefined : await context.store.sequenceOf(recipientId, messageId);
  return async (message) => {
    if (message.messageId === first.messageId || !isSince(message)) return false;
    if (message.recipientId !== first.recipientId) return acceptedAt(message) >= acceptedAt(first);
    const [place, firstPlace] = [await placeOf(message), await placeOf(first)];
    if (place === undefined || firstPlace === undefined) return acceptedAt(message) >= acceptedAt(first);
    return place > firstPlace;
  };
}

function acceptedAt({ acceptedAt: at, createdAt }: Message): number {
  return (at ?? createdAt).getTime();
}

function keepOldest(messages: Message[], count: number): void {
  messages.sort((one, other) => acceptedAt(one) - acceptedAt(other) || (one.messageId < other.messageId ? -1 : 1));
  messages.splice(count);
}

/** A message lies in a mailbox now. Whoever is told so after it began to wait need not look at its times. */
const arrivals: ReadonlySet<Event["event"]> = new Set(["message-placed", "report-placed", "message-put-back"]);

function isPutIntoMailbox(event: Event): boolean {
  return event.event === "message-state-put" && event.state === "accepted";
}

const changesMany: ReadonlySet<Event["event"]> = new Set(["clock-advanced", "snapshot-restored"]);

/** Those whose state, or place, an event tells of. */
function messagesOf(event: Event): readonly MessageId[] {
  if (event.event === "report-placed") return [event.reportId, event.linkedMessageId];
  return "messageId" in event && event.messageId !== undefined ? [event.messageId] : [];
}

/** The one that a report is about: it has not arrived. */
function linkedIn(event: Event): MessageId | undefined {
  return event.event === "report-placed" ? event.linkedMessageId : undefined;
}

function notInTime(found: number, count: number, within: string, sighting: Sighting): ControlError {
  return new ControlError("not-in-time", `${found} of ${count} came within ${within}.${sighting.words()}`);
}

function whenAborted(signals: readonly (AbortSignal | undefined)[], stop: (reason: unknown) => void): () => void {
  const given = signals.filter((signal) => signal !== undefined);
  const listeners = given.map((signal) => {
    const listener = (): void => stop(signal.reason);
    if (signal.aborted) listener();
    else signal.addEventListener("abort", listener, { once: true });
    return () => signal.removeEventListener("abort", listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
