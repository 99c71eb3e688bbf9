import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatNhsNumber, isNhsNumber, parseNhsNumber } from "@restante/mesh";

const nineDigits = fc.stringMatching(/^\d{9}$/);

test("of the ten numbers that share nine digits at most one is an NHS number, by the modulus 11 sum", () => {
  fc.assert(
    fc.property(nineDigits, (nine) => {
      const valid = Array.from({ length: 10 }, (_, digit) => `${nine}${digit}`).filter(isNhsNumber);
      const sum = Array.from(nine).reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
      const remainder = sum % 11;
      // A remainder of 1 would need the check digit 10; one digit ten times over is never issued.
      const expected = remainder === 1 ? [] : [`${nine}${remainder === 0 ? 0 : 11 - remainder}`];
      assert.deepEqual(
        valid,
        expected.filter((number) => new Set(number).size > 1),
      );
    }),
  );
});

test("one wrong digit, or two neighbours exchanged, is always noticed", () => {
  fc.assert(
    fc.property(nineDigits, fc.nat(9), fc.integer({ min: 1, max: 9 }), fc.nat(8), (nine, at, by, left) => {
      const number = Array.from({ length: 10 }, (_, digit) => `${nine}${digit}`).find(isNhsNumber);
      fc.pre(number !== undefined);
      const digits = Array.from(number);
      const wrong = digits.with(at, String((Number(digits[at]) + by) % 10)).join("");
      assert.equal(isNhsNumber(wrong), false);
      const [a = "", b = ""] = digits.slice(left, left + 2);
      if (a !== b)
        assert.equal(
          isNhsNumber(
            digits
              .with(left, b)
              .with(left + 1, a)
              .join(""),
          ),
          false,
        );
    }),
  );
});

test("published synthetic numbers are accepted, with spaces too", () => {
  assert.equal(parseNhsNumber("900 000 0009"), "9000000009");
  assert.equal(parseNhsNumber(" 9000000017 "), "9000000017");
});

test("a wrong length, a wrong check digit, repeated digits and other characters are refused and not quoted", () => {
  for (const text of [
    "",
    "900000000",
    "90000000099",
    "9000000000",
    "1111111111",
    "0000000000",
    "900000000x",
    "９000000009",
  ]) {
    assert.throws(
      () => parseNhsNumber(text),
      (error: Error) =>
        "code" in error && error.code === "nhs-number-invalid" && (text === "" || !error.message.includes(text)),
    );
  }
});

test("an NHS number is shown in groups of three, three and four", () => {
  assert.equal(formatNhsNumber(parseNhsNumber("9000000009")), "900 000 0009");
  for (const none of ["9000000000", "90000", "", "not known"]) assert.equal(formatNhsNumber(none), none);
});
