import { keepLatest } from "../../keep-latest.ts";

/** Somebody whose password was right, and of whom the second factor is wanted. */
export interface HalfWay {
  readonly userId: string;
  /** Of the password that was right. */
  readonly passwordMark: string;
  readonly to: string | undefined;
}

/**
 * Who is between the two, by the browser. In memory alone: a process that is killed forgets them, and they begin again. As many
 * as a site has people: of more, whoever has waited longest begins again.
 */
export interface HalfWays {
  note(binding: string, halfWay: HalfWay): void;
  at(binding: string): HalfWay | undefined;
  remove(binding: string): void;
}

const goodForMs = 10 * 60_000;
const most = 1000;

export function createHalfWays(now: () => Date): HalfWays {
  const known = new Map<string, HalfWay & { since: number }>();
  return {
    note: (binding, halfWay) => keepLatest(known, binding, { ...halfWay, since: now().getTime() }, most),
    at(binding) {
      const found = known.get(binding);
      // Of a clock that was put back nobody knows how long it has been.
      if (found !== undefined && Math.abs(now().getTime() - found.since) < goodForMs) return found;
      known.delete(binding);
      return undefined;
    },
    remove: (binding) => void known.delete(binding),
  };
}
