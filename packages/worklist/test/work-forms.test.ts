import assert from "node:assert/strict";
import { test } from "node:test";
import { dayIn } from "../src/work-forms.ts";

test("a due date is read as it was meant, or is told to be none: no year of two figures is one of the first century", () => {
  assert.equal(dayIn({ day: " 4", month: "3 ", year: "2027" }), "2027-03-04");
  assert.equal(dayIn({ day: "", month: " ", year: "" }), undefined);
  // What the practice takes for no day of the calendar.
  assert.equal(dayIn({ day: "4", month: "3", year: "27" }), "27-03-04");
  assert.equal(dayIn({ day: "4", month: "3", year: "" }), "-03-04");
});
