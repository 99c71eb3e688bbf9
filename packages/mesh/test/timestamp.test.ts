import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimestamp } from "@restante/mesh";

test("a timestamp is 14 digits in UTC, whatever the clocks of the country say", () => {
  assert.equal(formatTimestamp(new Date("2026-07-01T00:30:05.999+01:00")), "20260630233005");
});

test("each second has its own timestamp, whatever was written before, and what is no time has none", () => {
  assert.equal(formatTimestamp(new Date("2026-11-23T08:05:59.999Z")), "20261123080559");
  assert.equal(formatTimestamp(new Date("2026-11-23T08:06:00.000Z")), "20261123080600");
  assert.equal(formatTimestamp(new Date("2026-11-23T08:05:59.000Z")), "20261123080559");
  assert.equal(formatTimestamp(new Date(-1)), "19691231235959");
  assert.equal(formatTimestamp(new Date(0)), "19700101000000");
  assert.throws(() => formatTimestamp(new Date(Number.NaN)), RangeError);
});
