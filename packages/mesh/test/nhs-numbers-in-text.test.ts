import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsNhsNumber, redactNhsNumbers } from "@restante/mesh";

test("an NHS number is found in a text however it is grouped, and a number that fails its check digit is none", () => {
  for (const text of ["of 9000000009.", "900 000 0009", "no 900-000-0009, seen"]) assert.ok(holdsNhsNumber(text), text);
  for (const text of ["", "9000000000", "19000000009", "900  000 0009"]) assert.ok(!holdsNhsNumber(text), text);
  assert.ok(!holdsNhsNumber(`${"x".repeat(10_000)}9000000009`));
});

test("whatever looks like an NHS number is taken out of a text, its check digit right or wrong", () => {
  assert.equal(
    redactNhsNumbers("a 9000000009, 900 000 0000 and 900-000-0017; 123"),
    "a \u2026, \u2026 and \u2026; 123",
  );
});
