import type { MessageId } from "@restante/mesh";

/**
 * The messages of a listing that are on their way to IN, in its order. Several are fetched at once, and may arrive in any order;
 * from here they go on in that of the listing:
 *
 *   being fetched --> arrived --> taken, when nothing before it is being fetched any more
 *         |
 *         '--> over   it failed, or is gone: nobody waits for it
 *         '--> passed one behind it has waited for it for long enough: it has no place in the order any more
 */
export interface ListedOrder<Item> {
  /** It is being fetched. In the order of the listing. */
  begin(id: MessageId): void;
  /** False if it was passed, or is none of these. */
  arrived(id: MessageId, item: Item, nowMs: number): boolean;
  over(id: MessageId): void;
  /** How many are being fetched or wait. */
  size(): number;
  /**
   * What may go on now, in order, and which were passed for it, each with the first behind it that goes on. What has arrived
   * waits no more.
   */
  take(nowMs: number): { readonly items: Item[]; readonly passed: Passed[] };
  /** So soon one that has arrived may pass those before it, in milliseconds; undefined if none waits. */
  dueIn(nowMs: number): number | undefined;
}

export interface Passed {
  readonly id: MessageId;
  readonly by: MessageId;
}

/** @param waitMs how long one that has arrived waits for those before it */
export function createListedOrder<Item>(waitMs: number): ListedOrder<Item> {
  const all = new Map<MessageId, { readonly item: Item; readonly arrivedAt: number } | "being fetched">();

  return {
    begin: (id) => void all.set(id, "being fetched"),
    arrived(id, item, nowMs) {
      if (!all.has(id)) return false;
      all.set(id, { item, arrivedAt: nowMs });
      return true;
    },
    over: (id) => void all.delete(id),
    size: () => all.size,
    take(nowMs) {
      const items: Item[] = [];
      const passed: Passed[] = [];
      /** What is being fetched, and how many that are before it wait. */
      let ahead: { readonly id: MessageId; readonly after: number }[] = [];
      let waiting: [MessageId, Item][] = [];
      for (const [id, state] of all) {
        if (state === "being fetched") {
          ahead.push({ id, after: waiting.length });
          continue;
        }
        waiting.push([id, state.item]);
        if (ahead.length > 0 && nowMs - state.arrivedAt < waitMs) continue;
        // All that is before this one may go with it: what has waited for the same, for a shorter time, comes first.
        for (const { id: slow, after } of ahead) passed.push({ id: slow, by: waiting[after]?.[0] ?? id });
        items.push(...waiting.map(([, item]) => item));
        for (const gone of [...ahead.map(({ id: slow }) => slow), ...waiting.map(([other]) => other)]) all.delete(gone);
        [ahead, waiting] = [[], []];
      }
      return { items, passed };
    },
    dueIn(nowMs) {
      const arrivals = [...all.values()].flatMap((state) => (state === "being fetched" ? [] : [state.arrivedAt]));
      return arrivals.length === 0 ? undefined : Math.max(0, Math.min(...arrivals) + waitMs - nowMs);
    },
  };
}
