import assert from "node:assert/strict";
import { test } from "node:test";
import { base32, codeOf, stepAt, stepOfCode, uriOf } from "../../../src/access/users/one-time-code.ts";

const secret = Buffer.from("12345678901234567890");

test("codes are those of RFC 6238, appendix B, to six digits", () => {
  for (const [seconds, code] of [
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ] as const) {
    assert.equal(codeOf(secret, stepAt(new Date(seconds * 1000))), code);
  }
});

test("a code is taken in its half minute, the one before and the one after, however it is spaced, and never else", () => {
  const at = (seconds: number): Date => new Date((1_111_111_110 + seconds) * 1000);
  const step = stepAt(at(0));
  for (const seconds of [-30, -1, 0, 29, 30, 59]) assert.equal(stepOfCode(secret, "050471", at(seconds)), step);
  for (const seconds of [-31, 60, 1e6]) assert.equal(stepOfCode(secret, "050471", at(seconds)), undefined);
  assert.equal(stepOfCode(secret, " 050 471", at(0)), step);
  for (const code of ["", "05047", "0504710", "٠٥٠٤٧١", "05047a"]) {
    assert.equal(stepOfCode(secret, code, at(0)), undefined);
  }
});

test("an authenticator is told the secret in base 32, and whose it is", () => {
  assert.equal(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  assert.equal(
    uriOf(secret, "Lantern Row & Co", "amina@lantern"),
    "otpauth://totp/Lantern%20Row%20%26%20Co:amina%40lantern?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lantern%20Row%20%26%20Co&algorithm=SHA1&digits=6&period=30",
  );
});
