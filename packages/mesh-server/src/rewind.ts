// A server whose messages are rewound, in development mode: wiped, saved, put back to what they were. Meanwhile nothing that
// time alone does runs, neither expiry nor routing, so that no body is deleted between being named and being linked, and no
// message moves on by a clock, or demographics, that are about to change. Clients go on all the while.

import type { Expiry } from "./expiry.ts";
import type { MailboxRoom } from "./mailbox-room.ts";
import type { Routing } from "./routing.ts";
import type { Rewindable } from "./store/rewindable.ts";
import type { Timekeeping } from "./time/timekeeping.ts";

/** Demographics that do not answer hold it up no longer. What fails otherwise ends by itself. */
const LONGEST_ROUTING_MS = 5000;

export interface Rewind {
  /** One at a time, in the order in which they were asked for. What was in memory of messages is forgotten after it. */
  standstill<Result>(work: (store: Rewindable) => Promise<Result>): Promise<Result>;
  /**
   * Resolves when all that is due was done, or has failed anew: for how many milliseconds routing was waited for, without
   * end if it did not end in time. Whoever asks for it says that the clock is right: what the clock guard doubted is agreed.
   */
  catchUp(): Promise<number>;
  /** When the next message becomes due after this. */
  nextDue(after: Date): Promise<Date | undefined>;
  /** Resolves when the last of them has ended. */
  close(): Promise<void>;
}

export function createRewind(parts: {
  store: Rewindable;
  expiry: Expiry;
  routing: Routing;
  room: MailboxRoom;
  time: Timekeeping;
}): Rewind {
  const { store, expiry, routing, room, time } = parts;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  return {
    standstill: (work) =>
      inTurn(async () => {
        await Promise.all([expiry.pause(), routing.pause()]);
        try {
          return await work(store);
        } finally {
          await room.look();
          expiry.resume();
          routing.resume();
        }
      }),
    catchUp: () =>
      inTurn(async () => {
        await time.agree();
        const begun = performance.now();
        const routed = routing.catchUp().then(() => performance.now() - begun);
        const late = aborted(AbortSignal.timeout(LONGEST_ROUTING_MS));
        const [waited] = await Promise.all([Promise.race([routed, late]), expiry.catchUp()]);
        return waited;
      }),
    nextDue: (after) => store.nextDue(after),
    async close() {
      await last;
    },
  };
}

function aborted(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(Infinity), { once: true });
  });
}
