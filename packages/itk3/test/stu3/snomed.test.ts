import assert from "node:assert/strict";
import { test } from "node:test";
import { isSnomedIdentifier } from "../../src/stu3/snomed.ts";

// Codes that the published requirements name.
const right = [
  "371531000",
  "149951000000107",
  "149971000000103",
  "826501000000100",
  "149701000000109",
  "27113001",
  "1240761000000102",
];

test("a SNOMED CT identifier has a right check digit, and with any digit changed it has not", () => {
  for (const code of right) {
    assert.equal(isSnomedIdentifier(code), true, code);
    for (let at = 0; at < code.length; at += 1) {
      const other = String((Number(code[at]) + 1) % 10);
      assert.equal(isSnomedIdentifier(code.slice(0, at) + other + code.slice(at + 1)), false);
    }
  }
  for (const code of ["", "0", "12345", "abcdefgh", "0371531000", "1234567890123456789"]) {
    assert.equal(isSnomedIdentifier(code), false);
  }
});
