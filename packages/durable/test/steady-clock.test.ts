import assert from "node:assert/strict";
import { test } from "node:test";
import { createSteadyClock } from "../src/steady-clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test("a clock is believed once it has moved with the uptime for a day, over restarts, and no more once it jumps", () => {
  let [wall, uptime] = [1_000_000 * HOUR, 0];
  const machine = { wall: () => wall, uptime: () => uptime };
  const pass = (ms: number): void => void ((wall += ms), (uptime += ms));
  let clock = createSteadyClock(machine, undefined, "client");
  assert.equal(clock.isNew(), true);
  assert.match(clock.doubt() ?? "", /no client has run for a day/);
  pass(20 * HOUR);
  let seen = clock.look();
  pass(3 * HOUR);
  clock = createSteadyClock(machine, seen, "client");
  pass(5 * HOUR);
  seen = clock.look();
  assert.equal(clock.doubt(), undefined);

  wall += 100 * DAY;
  clock.look();
  assert.match(clock.doubt() ?? "", /moved 2400 hours further/);
  wall -= 100 * DAY;
  pass(23 * HOUR);
  clock.look();
  assert.match(clock.doubt() ?? "", /2400 hours less/);
  pass(23 * HOUR);
  clock.look();
  assert.notEqual(clock.doubt(), undefined);
  pass(HOUR);
  seen = clock.look();
  assert.equal(clock.doubt(), undefined);

  for (let step = 0; step < 3; step += 1) {
    assert.equal(clock.doubt(), undefined);
    pass(HOUR);
    wall += HOUR;
    seen = clock.look();
  }
  assert.notEqual(clock.doubt(), undefined, "small steps add up");

  for (const ms of [4 * DAY, -3 * HOUR]) {
    wall = seen.wall + ms;
    assert.match(createSteadyClock(machine, { ...seen, steady: DAY }, "client").doubt() ?? "", /far from what it was/);
  }
});
