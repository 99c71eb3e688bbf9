import assert from "node:assert/strict";
import { test } from "node:test";
import { dayFormat, dayMeant, dayOrAgoFormat, partialDayFormat } from "../src/dates.ts";

test("a day is one that exists", () => {
  assert.ok(dayFormat.accepts("2024-02-29"));
  for (const value of ["2023-02-29", "2024-2-9", "2024", "29/02/2024", ""]) assert.ok(!dayFormat.accepts(value), value);
});

test("a day may be known in part, from the year on", () => {
  for (const value of ["1986", "1986-05", "1986-05-04"]) assert.ok(partialDayFormat.accepts(value), value);
  for (const value of ["86", "1986-13", "1986-02-30", "1986-05-", ""]) {
    assert.ok(!partialDayFormat.accepts(value), value);
  }
});

test("a day may be so long before now", () => {
  const now = new Date("2026-11-23T08:00:00Z");
  const values: [string, string][] = [
    ["1 day ago", "2026-11-22"],
    ["3 weeks ago", "2026-11-02"],
    ["2 months ago", "2026-09-24"],
    ["1 year ago", "2025-11-23"],
    ["2019-12-30", "2019-12-30"],
  ];
  for (const [value, expected] of values) {
    assert.ok(dayOrAgoFormat.accepts(value));
    assert.equal(dayMeant(value, now), expected);
  }
  for (const value of ["ago", "2 months", "-1 days ago", "2 decades ago", "2019-13-01", ""]) {
    assert.ok(!dayOrAgoFormat.accepts(value), value);
  }
});
