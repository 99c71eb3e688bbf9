// The clock guard at work: what it finds is told, kept in the store, and asked by whatever happens by time alone.

import { type Clock, type Emit, lastingTroubles } from "@restante/mesh";

import type { Keeping } from "../keeping/keeping.ts";
import type { Store } from "../store/store.ts";
import { createClockGuard } from "./clock-guard.ts";
import type { MachineTime } from "./machine-time.ts";

const KEEP_EVERY_MS = 60_000;
const MOST_COUNTED = 100_000;

export interface Timekeeping {
  /**
   * The time, by a clock that goes with the machine's, up to which things may happen by time alone; undefined while the
   * machine's is doubted: nothing may.
   */
  trustedNow(by: Clock): Date | undefined;
  /** Tells and keeps what the guard found. At every tick. */
  tick(): Promise<void>;
  /** A person says that the clock is right: it is trusted from now on, and what there was of doubt or lag is over. */
  agree(): Promise<void>;
  /** The last look of this server, for the next one. */
  keep(): Promise<void>;
}

export async function startTimekeeping(
  {
    keeping,
    store,
    clock,
    realTime,
    emit,
  }: { keeping: Pick<Keeping, "clockDoubt">; store: Store; clock: Clock; realTime: Clock; emit: Emit },
  machine: MachineTime,
  options: { accept: boolean },
): Promise<Timekeeping> {
  const before = await store.seenTime();
  const guard = createClockGuard(machine, before, options);
  const troubles = lastingTroubles(realTime);
  let kept = before;
  let isShared = false;
  if (options.accept && before?.doubt !== undefined) {
    emit({ event: "clock-trusted", reason: "accepted", times: 1, since: new Date(before.wall) });
  }

  async function keep(): Promise<void> {
    const seen = guard.look();
    await store.seeTime(seen);
    kept = seen;
  }

  return {
    trustedNow(by) {
      // Taken before the look, so that a jump in between is seen.
      const now = by.now();
      const { doubt = keeping.clockDoubt(), lag } = guard.look();
      return doubt === undefined ? new Date(now.getTime() - lag) : undefined;
    },
    async tick() {
      const { doubt: own, uptime } = guard.look();
      const doubt = own ?? keeping.clockDoubt();
      if (doubt === undefined) {
        const over = troubles.over("clock");
        if (over !== undefined) emit({ event: "clock-trusted", reason: isShared ? "agrees" : "steady", ...over });
      } else {
        isShared = own === undefined;
        const told = troubles.met("clock", doubt);
        if (told !== undefined) {
          const overdue = await store.countDue(clock.now(), MOST_COUNTED);
          emit({ event: "clock-doubted", reason: doubt, until: isShared ? "agrees" : "steady", overdue, ...told });
        }
      }
      if (kept === undefined || kept.doubt !== own || Math.abs(uptime - kept.uptime) >= KEEP_EVERY_MS) await keep();
    },
    async agree() {
      guard.agree();
      const over = troubles.over("clock");
      if (over !== undefined) emit({ event: "clock-trusted", reason: "accepted", ...over });
      await keep();
    },
    keep,
  };
}
