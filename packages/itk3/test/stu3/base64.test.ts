import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { base64Holds } from "../../src/stu3/base64.ts";

const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

test("a word is found in base64 wherever it stands, also between two pieces", () => {
  for (const before of [0, 1, 2, 3, ...Array.from({ length: 120 }, (_, index) => 49_100 - 50 + index), 200_000]) {
    const text = `${"a".repeat(before)}/Font${"b".repeat(40)}`;
    assert.ok(base64Holds(base64(text), ["/Image", "/Font"]), String(before));
    assert.ok(!base64Holds(base64(text.replace("F", "f")), ["/Image", "/Font"]), String(before));
  }
  assert.ok(!base64Holds("", ["/Font"]));
});
