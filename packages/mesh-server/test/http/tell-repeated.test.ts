import assert from "node:assert/strict";
import { test } from "node:test";

import { settableClock } from "@restante/testbed";

import { tellRepeated } from "../../src/http/tell-repeated.ts";

const minute = 60_000;

function recorder() {
  const clock = settableClock();
  const told: [what: string, times: number | undefined][] = [];
  const repeated = tellRepeated<string>(clock, (what, trouble) => told.push([what, trouble?.times]));
  return { clock, told, repeated };
}

test("what comes again and again is told at once, then counted at growing intervals, and its rest when it has stopped", () => {
  const { clock, told, repeated } = recorder();
  for (let times = 0; times < 10_000; times += 1) repeated.met("topic", "reason", "it");
  assert.deepEqual(told, [["it", undefined]]);

  clock.advance(minute);
  repeated.met("topic", "reason", "it");
  repeated.met("topic", "reason", "it");
  assert.deepEqual(told.slice(1), [["it", 10_001]]);

  repeated.look();
  assert.equal(told.length, 2, "it may not be over");
  clock.advance(10 * minute);
  repeated.look();
  repeated.look();
  assert.deepEqual(told.slice(2), [["it", 10_002]]);
  repeated.met("topic", "reason", "it");
  assert.deepEqual(told.slice(3), [["it", undefined]], "then it is new");
});

test("what came once is told once", () => {
  const { clock, told, repeated } = recorder();
  repeated.met("topic", "reason", "it");
  clock.advance(60 * minute);
  repeated.look();
  assert.deepEqual(told, [["it", undefined]]);
});

test("what is counted is counted by its reason, and has that one", () => {
  const { clock, told, repeated } = recorder();
  repeated.met("topic", "store-busy", "busy");
  for (let times = 0; times < 27; times += 1) repeated.met("topic", "store-busy", "busy");
  repeated.met("topic", "bodies-unusable", "unusable");
  clock.advance(minute);
  repeated.met("topic", "bodies-unusable", "unusable");
  assert.deepEqual(told, [
    ["busy", undefined],
    ["unusable", undefined],
    ["unusable", 2],
  ]);
  clock.advance(10 * minute);
  repeated.look();
  assert.deepEqual(told.slice(3), [["busy", 28]]);
});

test("the first of each topic and of each reason is told, but who finds ever new reasons is not told for each", () => {
  const { told, repeated } = recorder();
  repeated.met("one", "a", "one a");
  repeated.met("one", "b", "one b");
  repeated.met("two", "a", "two a");
  assert.deepEqual(
    told.map(([what]) => what),
    ["one a", "one b", "two a"],
  );

  for (let times = 0; times < 3; times += 1) {
    for (let reason = 0; reason < 100; reason += 1) repeated.met("three", `reason ${reason}`, "three");
  }
  assert.equal(told.length - 3, 9);
});
