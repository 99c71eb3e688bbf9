import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";

import { gather } from "../../src/bodies/gather.ts";

const text = ({ pieces }: { pieces: readonly Uint8Array[] }): string => Buffer.concat(pieces).toString();

function source(words: readonly string[]): Readable {
  return Readable.from(words.map((word) => Buffer.from(word)));
}

test("what is gathered piece by piece is all that came, in its order, and its end once", async () => {
  const words = Array.from({ length: 100 }, (_, index) => `${index},`);
  const from = source(words);
  let whole = "";
  let ends = 0;
  while (ends === 0) {
    const gathered = await gather(from, 10);
    whole += text(gathered);
    if (gathered.isEnd) ends += 1;
    else assert.ok(from.isPaused() && gathered.size > 10 && gathered.size < 20);
  }
  assert.equal(whole, words.join(""));
  assert.equal(from.listenerCount("error"), 1, "of all that gathered");
});

test("bytes that come one at a time are gathered up to so many, not up to so much", async () => {
  const from = source(["a", "b", "c", "d", "e"]);
  assert.equal(text(await gather(from, 1000, 2)), "abc");
  assert.equal(text(await gather(from, 1000, 2)), "de");
});

test("a source that fails while nobody gathers fails the next to gather", async () => {
  const from = source(["ab", "cd"]);
  await gather(from, 1);
  from.destroy(new Error("EIO"));
  await assert.rejects(gather(from, 1), /EIO/);
});
