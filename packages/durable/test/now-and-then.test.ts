import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { nowAndThen } from "@restante/durable";

test("what is done as often is done at the same moments, each until it is ended, and begins again", async () => {
  const done: string[] = [];
  const endOne = nowAndThen(20, () => void done.push("one"));
  const endOther = nowAndThen(20, () => void done.push("other"));
  while (done.length < 4) await delay(5);
  assert.deepEqual(done.slice(0, 4), ["one", "other", "one", "other"]);
  endOne();
  done.length = 0;
  while (done.length < 2) await delay(5);
  assert.deepEqual(new Set(done), new Set(["other"]));
  endOther();
  endOther();
  done.length = 0;
  const endThird = nowAndThen(20, () => void done.push("third"));
  endOther();
  while (done.length < 2) await delay(5);
  assert.deepEqual(new Set(done), new Set(["third"]));
  endThird();
});
