import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createPolling } from "../src/polling.ts";

test("what is to be done later is done at its time, and not with the next look for messages", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let passes = 0;
  const polling = createPolling({
    pass: async () => {
      passes += 1;
      return false;
    },
    intervalMs: 300_000,
    onFailure: () => undefined,
  });
  const after = async (ms: number): Promise<number> => {
    t.mock.timers.tick(ms);
    await setImmediate();
    return passes;
  };
  polling.wake(30_000);
  assert.equal(await after(60_000), 0, "not before it is started");
  polling.start();
  assert.equal(await after(0), 1);
  polling.wake(30_000);
  assert.equal(await after(30_000), 1);
  assert.equal(await after(1), 2);
  polling.wake(30_000);
  await polling.stop();
  assert.equal(await after(600_000), 2);
});
