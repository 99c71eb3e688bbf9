// Whether the machine's clock can be believed. A clock that is put 40 days forward for a few seconds would expire and
// delete what nobody has read; one put 6 hours forward and back would make a used token good again.
//
//   trusted   messages expire and are deleted, tokens are forgotten, by the clock less `lag`.
//   doubted   nothing expires, is deleted or forgotten, nor given up for want of demographics.
//
// The clock is compared with the machine's uptime, which nobody can put, at every look and with what the store was told
// at the last look of the server before. It becomes doubted when
//   - on one start of the machine, it moved 2 hours more or less than the uptime did since it was last agreed;
//   - after another start of the machine, it is 2 hours behind the last look;
//   - no server has looked for 3 days: it was put forward, or the machine was off; nobody could collect either way.
// It becomes trusted when it has been steady for 24 hours of uptime since, over restarts, or when a person says that it
// is right (`acceptClock`). Whatever it moved to by then is agreed.
//
// `lag` is the time for which no server looked, up to 3 days: it does not count for 24 hours of uptime, so that who had
// no chance to collect gets one, and a clock that is wrong from a start of the machine on does little harm until then.

import type { MachineTime } from "./machine-time.ts";

const HOUR = 60 * 60 * 1000;
/** How far clock and uptime may move apart. Nobody's tokens are forgotten sooner than this after their time. */
export const CLOCK_TOLERANCE_MS: number = 2 * HOUR;
const STEADY_MS = 24 * HOUR;
/** If nobody looked for longer, the clock is doubted. */
export const LONG_OFF_MS: number = 72 * HOUR;
/** Looks are a second apart: after more than this nobody looked. */
const UNSEEN_MS = 5 * 60 * 1000;

/** What is kept over restarts, in milliseconds. */
export interface SeenTime {
  wall: number;
  uptime: number;
  boot: string;
  /** Wall less uptime, when they were last agreed. */
  reference: number;
  /** Of uptime, since the clock was doubted or lag was added. */
  steady: number;
  lag: number;
  /** Why the clock is doubted. */
  doubt?: string;
}

export interface ClockGuard {
  /** Looks at the clock, and gives what there is to keep. */
  look(): SeenTime;
  /** A person says that the clock is right, whatever it moved to. */
  agree(): SeenTime;
}

/**
 * @param seen by the server before
 * @param options.accept whatever the clock says now is right
 */
export function createClockGuard(
  machine: MachineTime,
  seen: SeenTime | undefined,
  options: { accept: boolean },
): ClockGuard {
  let last = begin();

  function begin(): SeenTime {
    if (seen === undefined || options.accept) return agreed();
    const [wall, uptime, boot] = [machine.wall(), machine.uptime(), machine.boot()];
    const isSameBoot = boot !== "" && boot === seen.boot && uptime >= seen.uptime;
    // Of another start of the machine the uptime tells nothing.
    return isSameBoot
      ? judge(seen, wall, uptime)
      : judge({ ...seen, boot, uptime, reference: wall - uptime }, wall, uptime);
  }

  function agreed(): SeenTime {
    const [wall, uptime, boot] = [machine.wall(), machine.uptime(), machine.boot()];
    return { wall, uptime, boot, reference: wall - uptime, steady: 0, lag: 0 };
  }

  function judge(before: SeenTime, wall: number, uptime: number): SeenTime {
    const now = { ...before, wall, uptime };
    const doubt = whyDoubted(before, wall, uptime);
    if (doubt !== undefined) return { ...now, reference: wall - uptime, steady: 0, doubt };
    const passed = wall - before.wall;
    if (passed > UNSEEN_MS) now.lag += passed;
    else if (before.doubt !== undefined || before.lag > 0) now.steady += uptime - before.uptime;
    if (now.steady < STEADY_MS) return now;
    const { doubt: _, ...trusted } = now;
    return { ...trusted, steady: 0, lag: 0 };
  }

  return {
    look() {
      last = judge(last, machine.wall(), machine.uptime());
      return last;
    },
    agree: () => (last = agreed()),
  };
}

function whyDoubted(before: SeenTime, wall: number, uptime: number): string | undefined {
  const apart = wall - uptime - before.reference;
  const passed = wall - before.wall;
  if (Math.abs(apart) > CLOCK_TOLERANCE_MS) {
    return `the clock moved ${words(apart)} ${apart > 0 ? "further" : "less"} than the machine's uptime`;
  }
  if (passed < -CLOCK_TOLERANCE_MS) return `the clock is ${words(passed)} behind the time of the last run`;
  if (passed > LONG_OFF_MS) return `no server ran for ${words(passed)}, if the clock is right`;
  return undefined;
}

function words(milliseconds: number): string {
  const hours = Math.round(Math.abs(milliseconds) / HOUR);
  return hours < 72 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
