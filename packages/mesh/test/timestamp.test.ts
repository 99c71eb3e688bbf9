import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimestamp } from "@restante/mesh";

test("a timestamp is 14 digits in UTC, whatever the clocks of the country say", () => {
  assert.equal(formatTimestamp(new Date("2026-07-01T00:30:05.999+01:00")), "20260630233005");
});
