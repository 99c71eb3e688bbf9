import assert from "node:assert/strict";
import { test } from "node:test";
import { dateTimeWords, dateWords, nameWords, phoneWords } from "../../../src/consultation/report/words.ts";

for (const [written, shown] of [
  ["01632960001", "01632 960001"],
  ["+44 1632 960001", "01632 960001"],
  ["020 79460000", "020 7946 0000"],
  ["0113 4960000", "0113 496 0000"],
  ["0121-496-0000", "0121 496 0000"],
  ["07700900001", "07700 900001"],
  ["03001234567", "0300 123 4567"],
  ["01632 960001 ext. 12", "01632 960001 x12"],
  ["0044 20 7946 0000 x7", "020 7946 0000 x7"],
  ["+353 1 496 0000", "+353 1 496 0000"],
  ["via the ward sister", "via the ward sister"],
] as const) {
  test(`the telephone number "${written}" is shown as "${shown}"`, () => assert.equal(phoneWords(written), shown));
}

test("an appointment is shown by the clocks of the United Kingdom, in winter and in summer", () => {
  assert.equal(dateTimeWords(new Date("2026-01-05T09:03:00Z")), "05-Jan-2026 09:03");
  assert.equal(dateTimeWords(new Date("2026-09-30T23:30:00Z")), "01-Oct-2026 00:30");
});

test("a date is shown with its month in letters", () => assert.equal(dateWords("1984-09-02"), "02-Sep-1984"));

test("a patient's name is shown as SURNAME, Forenames (Title)", () => {
  assert.equal(nameWords({ family: "O'Łęcki", given: ["Zoë", "Ann"], prefix: "Ms" }), "O'ŁĘCKI, Zoë Ann (Ms)");
  assert.equal(nameWords({ family: "Li", given: ["Na"] }), "LI, Na");
});
