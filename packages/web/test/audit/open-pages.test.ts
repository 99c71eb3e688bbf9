import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenPages } from "../../src/audit/open-pages.ts";

test("an open page has a row again after an hour, and where too many are open to remember", () => {
  let now = 0;
  const pages = createOpenPages(() => now);
  assert.equal(pages.has("one", ["task:1"]), false);
  pages.note("one", ["task:1"]);
  now += 3_599_999;
  assert.equal(pages.has("one", ["task:1"]), true);
  assert.equal(pages.has("one", ["task:2"]), false);
  assert.equal(pages.has("another", ["task:1"]), false);
  now += 1;
  assert.equal(pages.has("one", ["task:1"]), false);
  pages.note("one", ["task:1"]);
  for (let page = 0; page < 10_000; page += 1) pages.note(`page ${page}`, []);
  assert.equal(pages.has("one", ["task:1"]), false);
  assert.equal(pages.has("page 0", []), true);
});
