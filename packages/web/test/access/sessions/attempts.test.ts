import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { settableClock, type SettableClock } from "@restante/testbed";
import type { Attempts } from "../../../src/access/sessions/attempts.ts";
import type { Access } from "../../../src/index.ts";
import { openTestAccess } from "../secure-site.ts";

const anna = { who: "name:anna", free: 5 };
const address = { who: "address:192.0.2.7", free: 20, shared: true } as const;

test("five failures are free, then each waits twice as long as the one before, up to 15 minutes", async (t) => {
  const { attempts, clock } = await open(t);
  const waits: number[] = [];
  for (let failure = 1; failure <= 13; failure += 1) {
    clock.advance(secondsToWait(attempts, clock) * 1000);
    assert.ok(attempts.begin([anna]).allowed, `failure ${failure}`);
    waits.push(secondsToWait(attempts, clock));
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
});

test("what is refused while somebody waits makes the wait no longer, and is told once", async (t) => {
  const { attempts, clock } = await open(t);
  for (let failure = 1; failure <= 5; failure += 1) attempts.begin([anna]);
  const until = new Date(clock.now().getTime() + 30_000);
  assert.deepEqual(attempts.begin([anna]), { allowed: false, until, first: true });
  for (let more = 0; more < 50; more += 1) {
    clock.advance(100);
    assert.deepEqual(attempts.begin([anna]), { allowed: false, until, first: false });
  }
  clock.advance(25_000);
  assert.ok(attempts.begin([anna]).allowed);
  const next = attempts.begin([anna]);
  assert.ok(!next.allowed && next.first, "after the next failure it is told again");
});

test("whoever goes on asking while they have to wait has nothing written", async (t) => {
  const { access, attempts } = await open(t);
  for (let failure = 1; failure <= 25; failure += 1) attempts.begin([{ who: `name:${failure}`, free: 5 }, address]);
  assert.ok(!attempts.begin([anna, address]).allowed);
  using beside = new DatabaseSync(join(access.folder, "access.sqlite"));
  const version = (): unknown => beside.prepare("PRAGMA data_version").get()?.["data_version"];
  const before = version();
  for (let more = 0; more < 50; more += 1) assert.ok(!attempts.begin([anna, address]).allowed);
  assert.equal(version(), before);
});

test("a hundred attempts at once are no more than a hundred one by one", async (t) => {
  const { attempts } = await open(t);
  const allowed = Array.from({ length: 100 }, () => attempts.begin([anna])).filter((attempt) => attempt.allowed);
  assert.equal(allowed.length, 5);
});

test("who was right is forgotten, and others of the same address are not", async (t) => {
  const { attempts } = await open(t);
  for (let failure = 1; failure <= 4; failure += 1) attempts.begin([anna, address]);
  const right = attempts.begin([anna, address]);
  assert.ok(right.allowed);
  right.succeeded();
  for (let failure = 1; failure <= 16; failure += 1) {
    assert.ok(attempts.begin([{ who: `name:${failure}`, free: 5 }, address]).allowed);
  }
  assert.ok(!attempts.begin([anna, address]).allowed);
  assert.ok(attempts.begin([anna]).allowed);
});

test("what was not looked at counts for nothing", async (t) => {
  const { attempts } = await open(t);
  for (let times = 0; times < 20; times += 1) {
    const attempt = attempts.begin([anna]);
    assert.ok(attempt.allowed);
    attempt.takeBack();
  }
});

test("failures outlast a restart, and are forgotten after an hour without one", async (t) => {
  const { access, attempts, clock } = await open(t);
  for (let failure = 1; failure <= 6; failure += 1) attempts.begin([anna]);
  access[Symbol.dispose]();
  const { attempts: again } = await openTestAccess(t, clock, access.folder);
  assert.ok(!again.begin([anna]).allowed);
  clock.advance(3_600_000);
  for (let failure = 1; failure <= 5; failure += 1) assert.ok(again.begin([anna]).allowed);
});

test("a clock that was put back keeps nobody waiting until it has caught up", async (t) => {
  const { attempts, clock } = await open(t);
  for (let failure = 1; failure <= 5; failure += 1) attempts.begin([anna]);
  clock.advance(-24 * 3_600_000);
  assert.equal(secondsToWait(attempts, clock), 30);
  clock.advance(10_000);
  assert.equal(secondsToWait(attempts, clock), 20);
  clock.advance(20_000);
  assert.ok(attempts.begin([anna]).allowed);
});

test("whoever makes up names makes no more than 10,000 rows, and what was typed is in none", async (t) => {
  const { access, attempts, clock } = await open(t);
  attempts.begin([{ who: "name:hunter2", free: 5 }]);
  using database = new DatabaseSync(join(access.folder, "access.sqlite"));
  const [row] = database.prepare("SELECT * FROM sign_in_failure").all();
  assert.doesNotMatch(Buffer.from(row?.["who"] as Uint8Array).toString("latin1"), /hunter2/);
  const rows = (): unknown => database.prepare("SELECT count(*) AS rows FROM sign_in_failure").get()?.["rows"];
  const many = `[${"1,".repeat(12_000)}1]`;
  database
    .prepare("INSERT INTO sign_in_failure SELECT randomblob(32), 1, ?, 0 FROM json_each(?)")
    .run(clock.now().toISOString(), many);
  attempts.begin([anna]);
  assert.ok(Number(rows()) <= 10_000);
  clock.advance(3_600_001);
  attempts.begin([anna]);
  assert.equal(rows(), 1);
});

/** Until Anna may try again; an attempt that is allowed is taken back. */
function secondsToWait(attempts: Attempts, clock: SettableClock): number {
  const attempt = attempts.begin([anna]);
  if (!attempt.allowed) return (attempt.until.getTime() - clock.now().getTime()) / 1000;
  attempt.takeBack();
  return 0;
}

async function open(
  t: TestContext,
): Promise<{ access: Access & { folder: string }; attempts: Attempts; clock: SettableClock }> {
  const clock = settableClock(new Date("2026-11-23T08:00:00Z"));
  const access = await openTestAccess(t, clock);
  return { access, attempts: access.attempts, clock };
}
