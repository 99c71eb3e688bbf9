import assert from "node:assert/strict";
import { test } from "node:test";
import { apiErrors } from "@restante/mesh";

test("a refusal of identity says 403, and says nothing of a message", () => {
  const identity = ["no-authorization", "token-for-another-mailbox", "token-not-genuine", "token-used-before"] as const;
  for (const name of identity) {
    assert.deepEqual({ ...apiErrors[name], text: "" }, { status: 403, event: "", code: "", text: "" });
  }
});

test("no two refusals read alike", () => {
  const texts = Object.values(apiErrors).map(({ status, text }) => `${status} ${text}`);
  assert.equal(new Set(texts).size, texts.length);
});
