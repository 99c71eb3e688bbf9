// Whether a clock can be believed enough to remove by it what is old: as the MESH server judges its own (decision 060).
//
//   doubted   at first; when the clock moved 2 hours more or less than the machine's uptime did; when it is, at a start, 2 hours
//             behind or 3 days ahead of the last look.
//   trusted   once it has moved with the uptime for 24 hours since, over restarts.
//
// Nothing is removed while it is doubted: too late is told, too early cannot be undone.

const HOUR = 60 * 60 * 1000;
const TOLERANCE_MS = 2 * HOUR;
const LONG_OFF_MS = 72 * HOUR;
const STEADY_MS = 24 * HOUR;

/** What is kept from one start to the next, in milliseconds. */
export interface SeenClock {
  readonly wall: number;
  /** For so long it has moved with the uptime, while whoever removes by it ran. */
  readonly steady: number;
}

export interface SteadyClock {
  /** Looks at both, and gives what there is to keep. */
  look(): SeenClock;
  /** Why it is doubted; undefined if it can be believed. */
  doubt(): string | undefined;
  /** It is, for no reason but that nobody has looked for a day yet: that is no trouble. */
  isNew(): boolean;
}

/** @param who removes by it, such as "client": as `doubt` calls them */
export function createSteadyClock(
  { wall, uptime }: { readonly wall: () => number; readonly uptime: () => number },
  seen: SeenClock | undefined,
  who: string,
): SteadyClock {
  let last = { wall: wall(), uptime: uptime() };
  let steady = 0;
  const notYet = `no ${who} has run for a day yet`;
  let why = notYet;
  const passed = last.wall - (seen?.wall ?? last.wall);
  if (seen !== undefined && passed >= -TOLERANCE_MS && passed <= LONG_OFF_MS) steady = seen.steady;
  else if (seen !== undefined) why = `it is far from what it was when a ${who} last ran`;

  return {
    look() {
      const now = { wall: wall(), uptime: uptime() };
      const apart = now.wall - last.wall - (now.uptime - last.uptime);
      if (Math.abs(apart) > TOLERANCE_MS) {
        steady = 0;
        why = `it moved ${Math.round(Math.abs(apart) / HOUR)} hours ${apart > 0 ? "further" : "less"} than the machine's uptime`;
        last = now;
      } else {
        steady += Math.max(0, now.uptime - last.uptime);
        // Small steps add up: what it moved apart is kept until it is too much.
        last = { uptime: now.uptime, wall: now.wall - apart };
      }
      return { wall: now.wall, steady };
    },
    doubt: () => (steady < STEADY_MS ? why : undefined),
    isNew: () => steady < STEADY_MS && why === notYet,
  };
}
