import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlError, formatDuration, parseDuration } from "@restante/control";
import * as fc from "fast-check";

test("a duration is read in the units that a person writes", () => {
  assert.equal(parseDuration("250ms"), 250);
  assert.equal(parseDuration("90s"), 90_000);
  assert.equal(parseDuration("15m"), 900_000);
  assert.equal(parseDuration("1d12h"), 129_600_000);
  assert.equal(parseDuration("-2h"), -7_200_000);
  assert.equal(parseDuration("0s"), 0);
});

test("what is no duration is refused", () => {
  for (const text of ["", "-", "5", "5 s", "1.5s", "s", "1h1d", "1s1s", "1w", "9999999999999999ms", "+5s", "5S"]) {
    assert.throws(
      () => parseDuration(text),
      (error) => error instanceof ControlError && error.code === "input-invalid",
      text,
    );
  }
});

test("a duration that is written reads as what it was", () => {
  assert.equal(formatDuration(129_600_000), "1d12h");
  assert.equal(formatDuration(-90_250), "-1m30s250ms");
  assert.equal(formatDuration(0), "0s");
  fc.assert(
    fc.property(fc.integer({ min: -31_622_400_000, max: 31_622_400_000 }), (milliseconds) => {
      assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds);
    }),
  );
});
