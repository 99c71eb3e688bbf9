import assert from "node:assert/strict";
import { test } from "node:test";

import { fuzz } from "../fuzz/fuzz.ts";
import { troublesOf } from "../fuzz/judge.ts";

const seed = 20_261_129;

test("10,000 requests with every kind of damage: none is answered 5xx or left hanging, memory does not grow, and the server works on", async (t) => {
  const result = await fuzz({ seed, requests: 10_000, warmUp: 4000 });

  t.diagnostic(`answers: ${JSON.stringify(Object.fromEntries(result.statuses))}`);
  assert.deepEqual(troublesOf(seed, result), []);
  for (const status of [200, 202, 400, 403, 404, 405, 413, 417, 422, 431]) {
    assert.ok(
      (result.statuses.get(status) ?? 0) > 0,
      `nothing was answered ${status}: the requests are not what they should be`,
    );
  }
});
