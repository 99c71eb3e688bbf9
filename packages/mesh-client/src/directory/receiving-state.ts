import type { MessageId } from "@restante/mesh";
import type { BackOff } from "./back-off.ts";
import type { DirectoryContext } from "./context.ts";
import type { FolderWatch } from "./folder-watch.ts";
import { type Arrived, fetchMessage, giveUp } from "./receive.ts";
import { createWake, type Wake } from "./wake.ts";

/** What became of the fetching of a message. */
export type Outcome =
  | { readonly is: "arrived"; readonly arrived: Arrived }
  | { readonly is: "gone" }
  | { readonly is: "failed"; readonly error: unknown };

/** A message that is being fetched, or was, and is not looked at yet. */
export interface Fetching {
  readonly askedAt: number;
  /** When it got a place; undefined while it waits for one. */
  begunAt: number | undefined;
  /** Nothing waits for it any more: neither those behind it nor the poll. */
  isPassed: boolean;
  outcome: Outcome | undefined;
  /** Never fails. */
  ended: Promise<void>;
}

/** What is kept of receiving from one poll to the next. */
export interface ReceivingState {
  readonly backOff: BackOff;
  readonly watch: FolderWatch;
  /** Told of each listing, how many of its entries cannot be message ids. */
  readonly tellUnusableIds: (count: number) => void;
  /** Those that were passed go on while other polls come and go. They touch TEMP alone: only a poll files what has arrived. */
  readonly fetching: Map<MessageId, Fetching>;
  /** What the client waits by between polls: woken also when one of them has got its place, or ended, and no poll is there to see it. */
  readonly wake: Wake;
  /** Woken in its place while a poll receives. */
  poll: Wake | undefined;
  /** Messages are left that were not tried, or one has got its place, or ended, that no poll has seen: the next need not wait. */
  more: boolean;
}

export function createReceivingState(
  parts: Pick<ReceivingState, "backOff" | "watch" | "tellUnusableIds">,
): ReceivingState {
  return { ...parts, fetching: new Map(), wake: createWake(), poll: undefined, more: false };
}

/** Begins to fetch a message, in its turn: where no place is free it may be when its poll is long over. */
export function beginFetching(
  context: DirectoryContext,
  state: ReceivingState,
  messageId: MessageId,
  { signal, onAnswer }: { signal: AbortSignal; onAnswer: () => void },
): void {
  const { workers, mailboxId } = context;
  const askedAt = performance.now();
  const one: Fetching = { askedAt, begunAt: undefined, isPassed: false, outcome: undefined, ended: Promise.resolve() };
  function tell(): void {
    if (state.poll !== undefined) return state.poll.wake();
    state.more = true;
    state.wake.wake();
  }
  async function end(): Promise<void> {
    one.outcome = await fetch();
    tell();
  }
  async function fetch(): Promise<Outcome> {
    try {
      const arrived = await workers.run(
        mailboxId,
        async () => {
          one.begunAt = performance.now();
          // From now on it has times at which it is passed, and there may be places for others.
          tell();
          return fetchMessage(context, messageId, { signal, onAnswer });
        },
        { signal, isDownload: true },
      );
      return arrived === undefined ? { is: "gone" } : { is: "arrived", arrived };
    } catch (error) {
      return { is: "failed", error };
    }
  }
  one.ended = end();
  state.fetching.set(messageId, one);
}

/** What the poll waits for, and those behind it: not what was passed, nor what has waited for a place for so long. */
export function waitedFor(
  { fetching }: Pick<ReceivingState, "fetching">,
  { now, orderWaitMs }: { now: number; orderWaitMs: number },
): Fetching[] {
  return [...fetching.values()].filter(
    ({ isPassed, askedAt, begunAt }) => !isPassed && (begunAt !== undefined || now - askedAt < orderWaitMs),
  );
}

/** Whether one has waited for a place since before `now`: another would wait behind it. */
export function waitsForPlace({ fetching }: Pick<ReceivingState, "fetching">, now: number): boolean {
  return [...fetching.values()].some(({ askedAt, begunAt }) => begunAt === undefined && askedAt < now);
}

/** So many times longer than others wait for it, and a person is told of a message that is being fetched: half an hour, if nothing else is set. */
const longAfterWaits = 15;

/** The messages that have been fetched for so long that a person should know: large, or of a server that drips or hangs. */
export function fetchedForLong({ fetching }: Pick<ReceivingState, "fetching">, orderWaitMs: number): MessageId[] {
  const now = performance.now();
  const isLong = ([, { begunAt = now }]: [MessageId, Fetching]): boolean =>
    now - begunAt >= longAfterWaits * orderWaitMs;
  return [...fetching].filter(isLong).map(([messageId]) => messageId);
}

/** The messages that could not be fetched, and those that go on for long: what is tried again may be both. */
export function countUnfetched(state: Pick<ReceivingState, "backOff" | "fetching">, orderWaitMs: number): number {
  return new Set([...state.backOff.ids(), ...fetchedForLong(state, orderWaitMs)]).size;
}

/** At the end of the client, whose signal has given them up: nothing of what was being fetched stays in TEMP. */
export async function endFetching(context: DirectoryContext, { fetching }: ReceivingState): Promise<void> {
  await Promise.all([...fetching.values()].map(async ({ ended }) => ended));
  for (const { outcome } of fetching.values()) {
    if (outcome?.is === "arrived") await giveUp(context, [outcome.arrived]);
  }
  fetching.clear();
}
