import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { MailboxId } from "@restante/mesh";

import { createReplayGuard } from "../../src/auth/replay.ts";
import { MeshServerError } from "../../src/errors.ts";
import type { Store, TokenUse } from "../../src/store/store.ts";

function token(nonceCount: number): TokenUse {
  return { mailboxId: "A" as MailboxId, nonce: "n", nonceCount, time: new Date(0), expiresAt: new Date() };
}

/** Only what a guard asks of a store; it can be full. */
function fakeStore(): Pick<Store, "useToken" | "wasUsed"> & { full: boolean; recorded: Set<number> } {
  const recorded = new Set<number>();
  return {
    full: false,
    recorded,
    async useToken({ nonceCount }) {
      if (this.full) throw new MeshServerError("store-full", "The disk is full.", { retry: "safe" });
      recorded.add(nonceCount);
    },
    wasUsed: async ({ nonceCount }) => recorded.has(nonceCount),
  };
}

test("a claimed token is refused, before and after its record is on disk", async () => {
  const store = fakeStore();
  const guard = createReplayGuard(store as unknown as Store);

  assert.deepEqual(await Promise.all([guard.claim(token(1)), guard.claim(token(1))]), [true, false]);
  guard.settle(token(1), { record: true });
  assert.equal(await guard.claim(token(1)), false);
  assert.ok(store.recorded.has(1));
  assert.equal(await guard.claim(token(1)), false);
});

test("a token that is released may come again", async () => {
  const guard = createReplayGuard(fakeStore() as unknown as Store);

  assert.equal(await guard.claim(token(1)), true);
  guard.settle(token(1), { record: false });

  assert.equal(await guard.claim(token(1)), true);
});

test("while a token cannot be recorded it stays refused and nobody else is let in; then all goes on", async () => {
  const store = fakeStore();
  const guard = createReplayGuard(store as unknown as Store);
  const isFull = (error: unknown): boolean => error instanceof MeshServerError && error.code === "store-full";
  await guard.claim(token(1));
  store.full = true;
  guard.settle(token(1), { record: true });
  await Promise.resolve();

  assert.equal(await guard.claim(token(1)), false);
  await assert.rejects(guard.claim(token(2)), isFull);
  store.full = false;

  assert.equal(await guard.claim(token(2)), true);
  assert.ok(store.recorded.has(1));
  assert.equal(await guard.claim(token(1)), false);
});

test("requests that wait until used tokens are recorded share one try", async () => {
  const store = fakeStore();
  const asked: number[] = [];
  const shared = {
    wasUsed: store.wasUsed,
    async useToken(use: TokenUse) {
      asked.push(use.nonceCount);
      await store.useToken(use);
    },
  };
  const guard = createReplayGuard(shared as unknown as Store);
  for (const used of [1, 2, 3]) await guard.claim(token(used));
  store.full = true;
  for (const used of [1, 2, 3]) guard.settle(token(used), { record: true });
  await nextTurn();
  asked.length = 0;
  store.full = false;

  const claims = Promise.all([4, 5, 6, 7].map((each) => guard.claim(token(each))));

  assert.deepEqual(await claims, [true, true, true, true]);
  assert.deepEqual(asked, [1, 2, 3]);
});
