import assert from "node:assert/strict";
import { test } from "node:test";

import { inLanes } from "../src/lanes.ts";

test("once one has failed nothing more is begun, and what is at work is waited for", async () => {
  const items = Array.from({ length: 200 }, (_, index) => index);
  for (const each of [items.values(), new Set(items).values()]) {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await Promise.resolve();
      if (item === 5) throw new Error("It failed.");
      await new Promise(setImmediate);
      ended.push(item);
    };

    await assert.rejects(inLanes(4, each, work), /It failed/);

    assert.ok(begun.length < 12, `${begun.length} were begun`);
    assert.deepEqual(
      ended.toSorted((one, other) => one - other),
      begun.filter((item) => item !== 5),
    );
  }
});

test("once one says that it is enough nothing more is begun, and what is at work is waited for", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  await inLanes(3, [1, 2, 3, 4, 5, 6, 7, 8, 9].values(), async (item) => {
    begun.push(item);
    await Promise.resolve();
    if (item === 2) return "enough";
    await new Promise(setImmediate);
    ended.push(item);
    return undefined;
  });
  assert.deepEqual(
    [begun, ended],
    [
      [1, 2, 3],
      [1, 3],
    ],
  );
});
