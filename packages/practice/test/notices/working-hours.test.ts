import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { lateSince, openBy } from "../../src/notices/working-hours.ts";
import type { WorkingHours } from "../../src/unread.ts";

const weekdays: WorkingHours = { from: "08:00", to: "18:30", days: [1, 2, 3, 4, 5] };
const hour = 3_600_000;

const due = (from: string, afterHours: number, hours: WorkingHours = weekdays): string | undefined =>
  openBy(new Date(from), afterHours, hours)?.toISOString();

test("hours of work are counted within a day, over a night, a weekend and closed days, in the time of London", () => {
  // Monday 2 March 2026, in winter, and 1 June, in summer.
  assert.equal(due("2026-03-02T09:15:00Z", 4), "2026-03-02T13:15:00.000Z");
  assert.equal(due("2026-06-01T08:15:00Z", 4), "2026-06-01T12:15:00.000Z");
  assert.equal(due("2026-03-02T17:30:00Z", 4), "2026-03-03T11:00:00.000Z");
  assert.equal(due("2026-06-01T16:30:00Z", 4), "2026-06-02T10:00:00.000Z");
  // Late on Friday, at its very end, at night and on Sunday: the hours begin, or go on, on Monday.
  assert.equal(due("2026-03-06T18:20:00Z", 4), "2026-03-09T11:50:00.000Z");
  for (const outside of [
    "2026-03-06T18:30:00Z",
    "2026-03-06T23:00:00Z",
    "2026-03-08T12:00:00Z",
    "2026-03-09T08:00:00Z",
  ]) {
    assert.equal(due(outside, 4), "2026-03-09T12:00:00.000Z", outside);
  }
  const closed = { ...weekdays, notOn: ["2026-12-25", "2026-12-28"] };
  assert.equal(due("2026-12-24T17:30:00Z", 4, closed), "2026-12-29T11:00:00.000Z");
  assert.equal(due("2026-03-02T00:00:00Z", 4, { ...weekdays, notOn: everyDay() }), undefined);
});

test("hours of work are as many as pass where clocks go forward or back", () => {
  const always: WorkingHours = { from: "00:00", to: "24:00", days: [1, 2, 3, 4, 5, 6, 7] };
  // Forward on 29 March 2026 at 01:00 UTC, back on 25 October.
  assert.equal(due("2026-03-28T12:00:00Z", 24, always), "2026-03-29T12:00:00.000Z");
  assert.equal(due("2026-10-24T12:00:00Z", 24, always), "2026-10-25T12:00:00.000Z");
  // Friday evening to Monday: 08:00 is an hour sooner after the one, and later after the other.
  assert.equal(due("2026-03-27T18:30:00Z", 1), "2026-03-30T08:00:00.000Z");
  assert.equal(due("2026-10-23T17:30:00Z", 1), "2026-10-26T09:00:00.000Z");
  const night: WorkingHours = { from: "01:30", to: "03:00", days: [7] };
  assert.equal(due("2026-03-28T12:00:00Z", 1, night), "2026-04-05T01:00:00.000Z");
});

test("what is late by its moment is what should have been opened by now, and nothing else", () => {
  // Over both changes of the clock, to the minute.
  const starts = ["2026-03-10T00:00:00Z", "2026-10-06T00:00:00Z"].map((start) => Date.parse(start));
  const minutes = fc.integer({ min: 0, max: 24 * 60 });
  const time = (at: number): string =>
    `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  const hours = fc
    .record({
      times: fc.uniqueArray(minutes, { minLength: 2, maxLength: 2 }).map((two) => two.toSorted((a, b) => a - b)),
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      closed: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 10 }),
    })
    .map(({ times: [from = 0, to = 0], days, closed }): WorkingHours => ({
      from: time(from),
      to: time(to),
      days,
      notOn: closed.map((day) => new Date((starts[day % 2] ?? 0) + day * 24 * hour).toISOString().slice(0, 10)),
    }));
  const minute = fc.integer({ min: 0, max: 30 * 24 * 60 });
  const asked = fc.tuple(hours, fc.constantFrom(...starts), minute, minute, fc.integer({ min: 1, max: 20 }));
  fc.assert(
    fc.property(asked, ([hours, start, first, second, afterHours]) => {
      const [received, now] = [new Date(start + first * 60_000), new Date(start + second * 60_000)];
      const by = openBy(received, afterHours, hours);
      const late = lateSince(now, afterHours, hours);
      const isLate = late !== undefined && received <= late;
      assert.equal(isLate, by !== undefined && by <= now);
    }),
    { numRuns: 300 },
  );
});

function everyDay(): string[] {
  return Array.from({ length: 1000 }, (_, day) =>
    new Date(Date.parse("2026-01-01T00:00:00Z") + day * 24 * hour).toISOString().slice(0, 10),
  );
}
