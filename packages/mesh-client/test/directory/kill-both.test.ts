import { test } from "node:test";
import { startLanes } from "../../fuzz/lane.ts";
import { killAtRandom } from "../../fuzz/random-kills.ts";

test("while sender and recipients are killed, each of many pairs in flight arrives once, whole, or is held", async (t) => {
  await killAtRandom({
    seed: 20_261_129,
    pairs: 20,
    lanes: await startLanes(t, 6),
    onRound: ({ held, kills }) =>
      t.diagnostic(`killed ${kills.sending} and ${kills.receiving} times, ${held} pairs held`),
  });
});
