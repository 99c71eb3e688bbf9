import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate, formatDay, formatHour, formatSize, formatTime, startOfDay } from "../src/index.ts";

test("times are those of the clocks of the United Kingdom, in summer and in winter", () => {
  assert.equal(formatTime(new Date("2026-11-23T07:41:30Z")), "23 Nov 2026, 07:41:30");
  assert.equal(formatTime(new Date("2026-07-23T23:41:30Z")), "24 Jul 2026, 00:41:30");
  assert.equal(formatDay(new Date("2026-07-23T23:41:30Z")), "24 Jul 2026");
  assert.equal(formatHour(new Date("2026-07-23T23:05:30Z")), "00:05");
});

test("a day begins by the clocks of the United Kingdom, in summer, in winter and as they change", () => {
  for (const [day, begins] of [
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2026-07-01", "2026-06-30T23:00:00.000Z"],
    ["2026-03-29", "2026-03-29T00:00:00.000Z"],
    ["2026-03-30", "2026-03-29T23:00:00.000Z"],
    ["2026-10-25", "2026-10-24T23:00:00.000Z"],
    ["2026-10-26", "2026-10-26T00:00:00.000Z"],
    ["2026-02-30", undefined],
    ["2026-2-3", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(startOfDay(day)?.toISOString(), begins, day);
  }
});

test("a date is written as far as it is known, and what is no date stays as it is", () => {
  for (const [given, written] of [
    ["1979-03-14", "14 Mar 1979"],
    ["1979-03-04T10:00:00Z", "4 Mar 1979"],
    ["1979-03", "Mar 1979"],
    ["1979", "1979"],
    ["last spring", "last spring"],
    ["", ""],
  ] as const) {
    assert.equal(formatDate(given), written);
  }
});

test("a size is in the unit that a person reads it in", () => {
  assert.deepEqual([0, 999, 1000, 9_900, 27_400, 1_500_000, 20_000_000].map(formatSize), [
    "0 bytes",
    "999 bytes",
    "1 kB",
    "9.9 kB",
    "27 kB",
    "1.5 MB",
    "20 MB",
  ]);
});
