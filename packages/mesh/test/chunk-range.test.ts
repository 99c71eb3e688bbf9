import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatChunkRange, parseChunkRange } from "@restante/mesh";

test("any chunk range that was written is read back", () => {
  const count = fc.integer({ min: 1, max: 999_999_999 });
  fc.assert(
    fc.property(count, count, (chunk, total) =>
      assert.deepEqual(parseChunkRange(formatChunkRange({ chunk, total })), { chunk, total }),
    ),
  );
});

test("a report's 1:0 is read", () => {
  assert.deepEqual(parseChunkRange(" 1:0 "), { chunk: 1, total: 0 });
});

test("what is not n:m is undefined", () => {
  for (const text of ["", "1", "1:", ":1", "0:1", "-1:2", "1:2:3", "1.0:2", "one:two", "1:9999999999"]) {
    assert.equal(parseChunkRange(text), undefined, text);
  }
});
