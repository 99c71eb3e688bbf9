// What outsiders can cause as often as they like: told at once, then with its count at growing intervals (LastingTroubles).
// When it has stopped, what was counted since it was last told is told once more; then it is new again.

import { type Clock, lastingTroubles, type Trouble } from "@restante/mesh";

const QUIET_MS = 10 * 60_000;
/** As many as LastingTroubles keeps. */
const MOST_TOPICS = 10_000;
/** A topic's further reasons count as one: who finds many of them must not have each told as new, again and again. */
const MOST_REASONS = 8;

export interface TellRepeated<What> {
  /** @param topic what counts as the same: bounded words of ours, never an outsider's alone */
  met(topic: string, reason: string, what: What): void;
  /** To be called now and then. */
  look(): void;
}

/** @param tell is given the count from the second time on */
export function tellRepeated<What>(
  clock: Clock,
  tell: (what: What, repeated: Trouble | undefined) => void,
): TellRepeated<What> {
  const troubles = lastingTroubles(clock);
  const latest = new Map<string, { what: What; at: number; told: boolean; reasons: Set<string> }>();

  return {
    met(topic, reason, what) {
      const reasons = latest.get(topic)?.reasons ?? new Set<string>();
      if (reasons.size < MOST_REASONS) reasons.add(reason);
      const trouble = troubles.met(topic, reasons.has(reason) ? reason : "another");
      latest.delete(topic);
      latest.set(topic, { what, at: clock.now().getTime(), told: trouble !== undefined, reasons });
      if (trouble !== undefined) tell(what, trouble.times > 1 ? trouble : undefined);
      const [oldest] = latest.keys();
      if (latest.size > MOST_TOPICS && oldest !== undefined) latest.delete(oldest);
    },
    look() {
      const now = clock.now().getTime();
      for (const [topic, { what, at, told }] of latest) {
        // In the order in which they were last met; a clock that was put back is no quiet.
        if (now - at < QUIET_MS) break;
        latest.delete(topic);
        const trouble = troubles.over(topic);
        if (!told && trouble !== undefined) tell(what, trouble);
      }
    },
  };
}
