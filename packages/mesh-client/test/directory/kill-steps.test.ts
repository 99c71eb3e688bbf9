import assert from "node:assert/strict";
import { before, after, describe, test } from "node:test";
import { kinds } from "../../fuzz/kinds.ts";
import { type Lane, startLanes } from "../../fuzz/lane.ts";
import { hasOtherDisk, killAtSteps } from "../../fuzz/step-kills.ts";

/** Of a pair that is sent every boundary has its turn, of a message that is received every second; of the others some: `npm run fuzz -- kill` has all. */
const turns: Readonly<Record<string, Parameters<typeof killAtSteps>[2]>> = {
  "sent whole": { from: "start" },
  received: { from: "request", every: 2 },
  // They have few.
  held: { from: "request", every: 3 },
  "reported to be late, and sent later": { from: "start", every: 12 },
  "filed at a later poll, as IN was not there": { from: "request", every: 6 },
};
const someTurns = { from: "request", every: 15 } as const;

describe("killed at a boundary of its steps, a directory client keeps its promise", () => {
  const closing = new AsyncDisposableStack();
  let lanes: readonly Lane[] = [];
  before(async () => (lanes = await startLanes({ after: (end) => closing.defer(end) }, 4)));
  after(async () => closing.disposeAsync());

  for (const kind of kinds) {
    test(`killed at any step, it loses and doubles nothing of what is ${kind.name}`, async (t) => {
      if (kind.disk !== undefined && !hasOtherDisk()) return t.skip("there is no second file system at /dev/shm");
      const { kills, boundaries } = await killAtSteps(kind, lanes, turns[kind.name] ?? someTurns);
      t.diagnostic(`${kills} kills, ${boundaries} boundaries`);
      assert.ok(kills > 0, "it was killed");
    });
  }
});
