import assert from "node:assert/strict";
import { hash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { beginDigest, sharedBytes } from "../../src/bodies/digests.ts";
import { MeshServerError } from "../../src/errors.ts";

function shared(bytes: Uint8Array): Uint8Array {
  const own = sharedBytes(bytes.byteLength);
  own.set(bytes);
  return own;
}

test("digests taken beside at the same time are each of their own bytes, those that are dropped too", async () => {
  const bodies = Array.from({ length: 5 }, () => [randomBytes(70_000), randomBytes(1), randomBytes(300_000)]);
  const digests = await Promise.all(
    bodies.map(async (pieces, index) => {
      using digest = beginDigest(true);
      for (const piece of pieces) await digest.update(shared(piece));
      return index === 2 ? undefined : Buffer.from(await digest.digest()).toString("hex");
    }),
  );
  const expected = bodies.map((pieces, index) => (index === 2 ? undefined : hash("sha256", Buffer.concat(pieces))));
  assert.deepEqual(digests, expected);
  using none = beginDigest(true);
  assert.equal(Buffer.from(await none.digest()).toString("hex"), hash("sha256", ""));
});

test("a thread of digests that falls fails what it was at as safe to send again, and the next has another", async () => {
  using first = beginDigest(true);
  using second = beginDigest(true);
  await first.update(shared(Buffer.from("first")));
  const isSafe = (error: unknown): boolean => error instanceof MeshServerError && error.retry === "safe";
  await Promise.all([assert.rejects(second.update(42 as never), isSafe), assert.rejects(second.digest(), isSafe)]);
  await assert.rejects(first.digest(), isSafe);

  using next = beginDigest(true);
  await next.update(shared(Buffer.from("next")));
  assert.equal(Buffer.from(await next.digest()).toString("hex"), hash("sha256", "next"));
});
