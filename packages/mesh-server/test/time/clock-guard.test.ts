import assert from "node:assert/strict";
import { test } from "node:test";

import { type ClockGuard, createClockGuard, type SeenTime } from "../../src/time/clock-guard.ts";
import { type TestMachine, testMachine } from "./machine.ts";

const HOUR = 60 * 60 * 1000;

/** Looks every minute, as a server does, while so many hours pass. */
function run(machine: TestMachine, guard: ClockGuard, hours: number): SeenTime {
  for (let minute = 0; minute < hours * 60; minute += 1) {
    machine.pass(1 / 60);
    guard.look();
  }
  return guard.look();
}

function begin(machine: TestMachine, seen?: SeenTime, accept = false): ClockGuard {
  return createClockGuard(machine, seen, { accept });
}

test("a clock that goes with the uptime is trusted, and so is one that is put right by less than 2 hours", () => {
  const machine = testMachine();
  const guard = begin(machine);
  run(machine, guard, 5);
  assert.deepEqual([guard.look().doubt, guard.look().lag], [undefined, 0]);
  machine.put(1.9);
  // As if nobody had looked for so long: it does not count for a day.
  assert.deepEqual([guard.look().doubt, Math.round(guard.look().lag / HOUR)], [undefined, 2]);
  machine.put(-1.9);
  assert.equal(guard.look().doubt, undefined);
});

test("small steps that add up are as much as one large one", () => {
  const machine = testMachine();
  const guard = begin(machine);
  const doubts: boolean[] = [];
  for (let step = 0; step < 4; step += 1) {
    run(machine, guard, 1);
    machine.put(0.9);
    doubts.push(guard.look().doubt !== undefined);
  }
  assert.deepEqual(doubts, [false, false, true, true]);
});

for (const hours of [-960, -6, 3, 6, 960]) {
  test(`a clock that is put by ${hours} hours is doubted until it was steady for 24 hours of uptime`, () => {
    const machine = testMachine();
    const guard = begin(machine);
    run(machine, guard, 1);
    machine.put(hours);
    assert.match(guard.look().doubt ?? "", hours > 0 ? /moved .* further than/ : /moved .* less than/);
    assert.ok(run(machine, guard, 23).doubt !== undefined);
    assert.equal(run(machine, guard, 1.1).doubt, undefined);
    // What it moved to is agreed; back again is another move.
    machine.put(-hours);
    assert.ok(guard.look().doubt !== undefined);
  });
}

test("put forward for seconds and back, the 24 hours begin when it is back", () => {
  const machine = testMachine();
  const guard = begin(machine);
  machine.put(960);
  guard.look();
  run(machine, guard, 20);
  machine.put(-960);
  guard.look();
  assert.ok(run(machine, guard, 23).doubt !== undefined);
  assert.equal(run(machine, guard, 1.1).doubt, undefined);
});

test("on one start of the machine a restart of the server hides no jump, and the 24 hours go on over it", () => {
  const machine = testMachine();
  const seen = run(machine, begin(machine), 1);
  machine.pass(0.1);
  machine.put(960);
  const second = begin(machine, seen);
  assert.ok(second.look().doubt !== undefined);
  const later = run(machine, second, 20);
  machine.pass(1);
  const third = begin(machine, later);
  assert.ok(run(machine, third, 3.5).doubt !== undefined);
  assert.equal(run(machine, third, 0.7).doubt, undefined);
});

for (const tellsBoot of [true, false]) {
  test(`after a start of the machine a clock behind the last look is doubted (boot ${tellsBoot ? "told" : "not told"})`, () => {
    const machine = testMachine({ tellsBoot });
    const seen = run(machine, begin(machine), 1);
    machine.restart(-24 * 365 * 50);
    assert.match(begin(machine, seen).look().doubt ?? "", /behind the time of the last run/);
  });

  test(`a machine that was off for 40 days, or put forward so far while off, holds for 24 hours (boot ${tellsBoot ? "told" : "not told"})`, () => {
    const machine = testMachine({ tellsBoot });
    const seen = run(machine, begin(machine), 1);
    machine.restart(960);
    const guard = begin(machine, seen);
    assert.match(guard.look().doubt ?? "", /no server ran for 40 days/);
    assert.equal(run(machine, guard, 24.1).doubt, undefined);
  });

  test(`a weekend off is no doubt, but does not count until the machine has been up for 24 hours (boot ${tellsBoot ? "told" : "not told"})`, () => {
    const machine = testMachine({ tellsBoot });
    const seen = run(machine, begin(machine), 1);
    machine.restart(62);
    const guard = begin(machine, seen);
    assert.deepEqual([guard.look().doubt, Math.round(guard.look().lag / HOUR)], [undefined, 62]);
    assert.equal(Math.round(run(machine, guard, 23).lag / HOUR), 62);
    assert.equal(run(machine, guard, 1.1).lag, 0);
  });
}

test("a machine that is off every night comes to its 24 hours all the same", () => {
  const machine = testMachine();
  let seen = run(machine, begin(machine), 10);
  const lags: number[] = [];
  for (let day = 0; day < 6; day += 1) {
    machine.restart(14);
    seen = run(machine, begin(machine, seen), 10);
    assert.equal(seen.doubt, undefined);
    lags.push(Math.round(seen.lag / HOUR));
  }
  assert.ok(Math.max(...lags) <= 42, `it lagged ${lags.join(", ")} hours`);
  assert.ok(lags.includes(0));
});

test("a machine that slept for 40 days beside a server that ran is one that was off", () => {
  const machine = testMachine();
  const guard = begin(machine);
  run(machine, guard, 1);
  machine.pass(960);
  assert.match(guard.look().doubt ?? "", /no server ran for 40 days/);
});

test("a person who says that the clock is right ends the doubt, of this start alone", () => {
  const machine = testMachine();
  const guard = begin(machine);
  machine.put(960);
  const seen = guard.look();
  const accepted = begin(machine, seen, true);
  assert.deepEqual([accepted.look().doubt, accepted.look().lag], [undefined, 0]);
  machine.put(-960);
  assert.ok(accepted.look().doubt !== undefined);
});
