import type { Clock } from "@restante/mesh";

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that moves only when told to. */
export function testClock(start = "2026-03-02T11:00:00Z"): TestClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance(milliseconds) {
      at += milliseconds;
    },
  };
}
