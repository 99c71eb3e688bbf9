// Of the contract (contract.ts): by what a token is known.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { acceptance, newMessage, newToken, type StoreUnderTest } from "./samples.ts";

export function testTokens(open: (t: TestContext) => Promise<StoreUnderTest>): void {
  test("tokens that differ in the time inside them alone are two, each good once", async (t) => {
    const { store, reopen } = await open(t);
    const token = newToken();
    const other = { ...token, time: new Date(token.time.getTime() + 60_000) };

    assert.equal(await store.wasUsed(other), false);
    assert.equal(await store.accept(acceptance(newMessage(), { token })), "done");
    assert.deepEqual([await store.wasUsed(token), await store.wasUsed(other)], [true, false]);
    assert.equal(await store.accept(acceptance(newMessage(), { token: other })), "done");

    const again = await reopen();
    assert.deepEqual([await again.wasUsed(token), await again.wasUsed(other)], [true, true]);
    for (const used of [token, other]) {
      assert.equal(await again.accept(acceptance(newMessage(), { token: used })), "token-used");
    }
  });
}
