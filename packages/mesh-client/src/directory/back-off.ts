import type { Clock, MessageId } from "@restante/mesh";

const minute = 60_000;
/** From a failure to the next try: the first is for what passes by itself, the last for what never will. */
const waits: readonly number[] = [minute, 5 * minute, 15 * minute, 60 * minute, 180 * minute, 360 * minute];
/** Ids come from outside: beyond so many, the oldest is forgotten, and tried as if it were new. */
const most = 100_000;

/**
 * Messages that could not be received, each with a wait of its own before it is tried again, so that they cost no request
 * at every poll. Kept in memory: after a restart each is tried once at once. No wait is the last; what ends it is the
 * message's own expiry.
 */
export interface BackOff {
  /** `needs`: as many bytes as it wanted and did not find room for. */
  failed(id: MessageId, needs?: number): void;
  over(id: MessageId): void;
  knows(id: MessageId): boolean;
  /** Whether it may be tried again: its wait is over, or there is room now for what it needs. */
  isDue(id: MessageId, room: () => Promise<number>): Promise<boolean>;
  ids(): MessageId[];
}

interface Wait {
  readonly times: number;
  readonly dueAt: number;
  readonly needs: number | undefined;
}

export function createBackOff(clock: Clock): BackOff {
  const all = new Map<MessageId, Wait>();
  const longest = waits.at(-1) ?? 0;
  return {
    failed(id, needs) {
      const times = (all.get(id)?.times ?? 0) + 1;
      const oldest = all.keys().next().value;
      if (!all.has(id) && all.size >= most && oldest !== undefined) all.delete(oldest);
      all.set(id, { times, dueAt: clock.now().getTime() + (waits[times - 1] ?? longest), needs });
    },
    over: (id) => void all.delete(id),
    knows: (id) => all.has(id),
    async isDue(id, room) {
      const wait = all.get(id);
      if (wait === undefined) return true;
      if (wait.needs !== undefined && wait.needs <= (await room())) return true;
      const left = wait.dueAt - clock.now().getTime();
      // A clock that was put back must not keep it waiting for ever.
      return left <= 0 || left > longest;
    },
    ids: () => [...all.keys()],
  };
}
