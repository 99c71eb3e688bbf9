import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { createPolling } from "../src/polling.ts";

function unexpected(error: unknown): void {
  throw error;
}

test("passes never run two at a time, whoever asks for them", async () => {
  let running = 0;
  let most = 0;
  const polling = createPolling({
    intervalMs: 60_000,
    onFailure: unexpected,
    async pass() {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
      return false;
    },
  });
  polling.start();
  await Promise.all([polling.cycle(), polling.cycle(), polling.cycle()]);
  await polling.stop();
  assert.equal(most, 1);
});

test("while more is waiting the next pass comes at once", async () => {
  let passes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const polling = createPolling({
    intervalMs: 60_000,
    onFailure: unexpected,
    async pass() {
      passes += 1;
      if (passes === 4) resolve();
      return passes < 4;
    },
  });
  polling.start();
  await promise;
  await polling.stop();
  assert.equal(passes, 4);
});

test("a pass that fails is told, and polling goes on", async () => {
  const failures: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let passes = 0;
  const polling = createPolling({
    intervalMs: 1,
    onFailure: (error) => failures.push(error),
    async pass() {
      passes += 1;
      if (passes === 1) throw new Error("no mailbox");
      resolve();
      return false;
    },
  });
  polling.start();
  await promise;
  await polling.stop();
  assert.equal(failures.length, 1);
});

test("a wake during a pass brings another one after it", async () => {
  let passes = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const polling = createPolling({
    intervalMs: 60_000,
    onFailure: unexpected,
    async pass() {
      passes += 1;
      if (passes === 1) polling.wake();
      else resolve();
      return false;
    },
  });
  polling.start();
  await promise;
  await polling.stop();
  assert.equal(passes, 2);
});

test("once stopped, no pass begins", async () => {
  let passes = 0;
  const polling = createPolling({ intervalMs: 1, onFailure: unexpected, pass: async () => (passes += 1) < 0 });
  await polling.stop();
  await assert.rejects(polling.cycle());
  polling.start();
  assert.equal(passes, 0);
});
