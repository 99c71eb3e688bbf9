import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded } from "../src/bounded.ts";

test("a text is cut between characters, and one that is not too long stays as it is", () => {
  assert.equal(bounded("a".repeat(10), 10), "a".repeat(10));
  assert.equal(bounded("a".repeat(11), 10), `${"a".repeat(9)}…`);
  assert.equal(bounded("😀".repeat(10), 10), "😀".repeat(10));
  assert.equal(bounded("😀".repeat(11), 10), `${"😀".repeat(9)}…`);
  assert.equal(bounded(`${"a".repeat(9)}${"😀".repeat(1_000_000)}`, 10), `${"a".repeat(9)}…`);
});
