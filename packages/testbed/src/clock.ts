import type { Clock } from "@restante/mesh";

export interface SettableClock extends Clock {
  set(time: Date): void;
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is moved. It starts at the real time unless told otherwise. */
export function settableClock(start: Date = new Date()): SettableClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    set: (next) => {
      time = next.getTime();
    },
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
}
