import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutReport, aboutStray, aboutTask } from "../src/subjects.ts";

test("an NHS number that somebody types into the address of a page comes into no row of the audit", () => {
  for (const about of [aboutTask, aboutStray, aboutReport]) {
    for (const id of ["9434765919", "943-476-5919", "943.476.5919", "943 476 5919"]) {
      assert.equal(about({ id }), undefined, id);
    }
  }
  assert.equal(aboutTask({ id: "12" }), "task:12");
  assert.equal(aboutStray({ id: "12" }), "unmatched:12");
  const id = "0f2d6c3a-5b1e-4f7a-9c8d-1234567890ab";
  assert.equal(aboutReport({ id }), `report:${id}`);
});
