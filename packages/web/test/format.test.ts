import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate, formatDay, formatHour, formatMoment, formatSize, formatTime, startOfDay } from "../src/index.ts";

test("times are those of the clocks of the United Kingdom, in summer and in winter, as the service manual writes them", () => {
  assert.equal(formatTime(new Date("2026-11-23T07:41:30Z")), "23 November 2026 at 7:41am");
  assert.equal(formatTime(new Date("2026-07-23T23:41:30Z")), "24 July 2026 at 12:41am");
  assert.equal(formatMoment(new Date("2026-11-23T13:00:05Z")), "23 November 2026 at 1:00:05pm");
  assert.equal(formatDay(new Date("2026-07-23T23:41:30Z")), "24 July 2026");
  const hours = ["00:00", "00:05", "09:00", "10:30", "12:00", "12:30", "14:00", "23:59"];
  assert.deepEqual(
    hours.map((hour) => formatHour(new Date(`2026-11-23T${hour}:59Z`))),
    ["midnight", "12:05am", "9am", "10:30am", "midday", "12:30pm", "2pm", "11:59pm"],
  );
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
    ["1979-03-14", "14 March 1979"],
    ["1979-03-04T10:00:00Z", "4 March 1979"],
    ["1979-03", "March 1979"],
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
