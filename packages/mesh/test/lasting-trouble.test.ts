import assert from "node:assert/strict";
import { test } from "node:test";
import { lastingTroubles } from "@restante/mesh";

const minute = 60_000;

function movable(): { now(): Date; at: number } {
  return {
    at: Date.parse("2026-03-01T08:00:00Z"),
    now() {
      return new Date(this.at);
    },
  };
}

test("trouble that lasts is told at once, then at growing intervals with its count, then as over", () => {
  const clock = movable();
  const start = clock.at;
  const troubles = lastingTroubles(clock);
  const told: [number, number][] = [];
  for (let minutes = 0; minutes <= 24 * 60; minutes += 0.5) {
    clock.at = start + minutes * minute;
    const trouble = troubles.met("server", "unreachable");
    if (trouble !== undefined) told.push([minutes, trouble.times]);
    if (trouble !== undefined) assert.equal(trouble.since.getTime(), start);
  }
  assert.deepEqual(told, [
    [0, 1],
    [1, 3],
    [6, 13],
    [36, 73],
    [156, 313],
    [516, 1033],
    [876, 1753],
    [1236, 2473],
  ]);
  assert.deepEqual(troubles.over("server"), { times: 2881, since: new Date(start) });
  assert.equal(troubles.over("server"), undefined, "its end is told once");
  assert.deepEqual(troubles.met("server", "unreachable")?.times, 1, "what comes again is told anew");
});

test("another reason is told at once, and two that take turns are each told as seldom as one", () => {
  const clock = movable();
  const troubles = lastingTroubles(clock);
  assert.ok(troubles.met("IN", "ENOSPC"));
  assert.ok(troubles.met("IN", "EROFS"));
  for (let tries = 0; tries < 10; tries += 1) {
    assert.equal(troubles.met("IN", tries % 2 === 0 ? "ENOSPC" : "EROFS"), undefined);
  }
  assert.ok(troubles.met("OUT", "ENOSPC"), "one topic does not silence another");
});

test("a clock that is put back silences nothing", () => {
  const clock = movable();
  const troubles = lastingTroubles(clock);
  troubles.met("server", "unreachable");
  clock.at -= 30 * 24 * 60 * minute;
  assert.equal(troubles.met("server", "unreachable")?.times, 2);
});

test("topics that come from outside are bounded, and those that are gone are forgotten without a word", () => {
  const troubles = lastingTroubles(movable());
  for (let count = 0; count < 20_000; count += 1) troubles.met(`message ${count}`, "damaged");
  assert.equal(troubles.over("message 0"), undefined, "the oldest are forgotten");
  assert.ok(troubles.over("message 19999"));
  troubles.retain(["message 19998"]);
  assert.equal(troubles.over("message 19997"), undefined);
  assert.ok(troubles.over("message 19998"));
});
