// What outsiders can cause as often as they like: told at once, then with its count at growing intervals (LastingTroubles).
// When it has stopped, what was counted since it was last told is told once more; then it is new again.

import { type Clock, lastingTroubles, type Trouble } from "@restante/mesh";

const QUIET_MS = 10 * 60_000;
/** As many as LastingTroubles keeps. */
const MOST_TOPICS = 10_000;
/** Each counts by itself, and a topic's further ones as one: who finds many must not have each told as new, again and again. */
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
  /** By topic and reason, in the order in which they were last met. */
  const latest = new Map<string, { topic: string; reason: string; what: What; at: number; told: boolean }>();
  /** Of each topic those that count by themselves. */
  const reasonsOf = new Map<string, Set<string>>();

  function forget(key: string): void {
    const { topic, reason } = latest.get(key)!;
    latest.delete(key);
    const reasons = reasonsOf.get(topic);
    reasons?.delete(reason);
    if (reasons?.size === 0) reasonsOf.delete(topic);
  }

  return {
    met(topic, given, what) {
      const reasons = reasonsOf.get(topic) ?? new Set<string>();
      if (reasons.size < MOST_REASONS) reasonsOf.set(topic, reasons.add(given));
      const reason = reasons.has(given) ? given : "another";
      const key = `${topic}\n${reason}`;
      const trouble = troubles.met(key, reason);
      latest.delete(key);
      latest.set(key, { topic, reason, what, at: clock.now().getTime(), told: trouble !== undefined });
      if (trouble !== undefined) tell(what, trouble.times > 1 ? trouble : undefined);
      const [oldest] = latest.keys();
      if (latest.size > MOST_TOPICS && oldest !== undefined) forget(oldest);
    },
    look() {
      const now = clock.now().getTime();
      for (const [key, { what, at, told }] of latest) {
        // A clock that was put back is no quiet.
        if (now - at < QUIET_MS) break;
        forget(key);
        const trouble = troubles.over(key);
        if (!told && trouble !== undefined) tell(what, trouble);
      }
    },
  };
}
