import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTimestamp, formatUkTimestamp, readTimestamp } from "@restante/mesh";

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

test("a UK timestamp is what clocks there show: also where an hour is missing, and where one comes twice", () => {
  const shown = (iso: string): string => formatUkTimestamp(new Date(iso));
  assert.equal(shown("2026-01-31T23:59:59.999Z"), "20260131235959");
  assert.equal(shown("2026-06-30T23:30:05Z"), "20260701003005");
  // The last Sunday in March: from 01:00 to 02:00.
  assert.deepEqual(["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"].map(shown), ["20260329005959", "20260329020000"]);
  // The last Sunday in October: 01:30 is there twice.
  assert.deepEqual(["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"].map(shown), ["20261025013000", "20261025013000"]);
  assert.throws(() => formatUkTimestamp(new Date(Number.NaN)), RangeError);
});

test("a timestamp is read as it was written, and what is no time is none", () => {
  const at = new Date("2028-02-29T23:59:59Z");
  assert.deepEqual(readTimestamp(formatTimestamp(at)), at);
  for (const text of [
    "",
    "20260230000000",
    "20260101240000",
    "20260101006000",
    "2026-01-01T00:00",
    "202601010000001",
  ]) {
    assert.equal(readTimestamp(text), undefined, text);
  }
});
