import assert from "node:assert/strict";
import fs, { readdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Event, parseMailboxId } from "@restante/mesh";
import { settableClock, temporaryFolder } from "@restante/testbed";
import { openLog } from "../src/log.ts";

const mailboxId = parseMailboxId("Y99001OT001");
/** An event that is known again by its number. */
const numbered = (sent: number): Event => ({ event: "poll-succeeded", mailboxId, sent, received: 0 });

interface Logged {
  event: string;
  level: number;
  sent?: number;
  lines?: number;
}

/** Every line of the log and of the older files beside it, oldest first. */
function linesIn(folder: string): Logged[] {
  const names = readdirSync(folder).toSorted();
  const inOrder = [...names.filter((name) => name !== "client.log"), "client.log"];
  return inOrder.flatMap((name) => linesOf(join(folder, name)));
}

function linesOf(file: string): Logged[] {
  const text = readFileSync(file, "utf8");
  assert.ok(text === "" || text.endsWith("\n"), `${file} ends with a whole line`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Logged);
}

/** What a call of the file system does instead, until it is put back. */
function replaced<Name extends "writeSync" | "renameSync">(
  t: TestContext,
  name: Name,
  instead: (real: (typeof fs)[Name], words: unknown[]) => unknown,
): () => void {
  const real = fs[name];
  const mock = t.mock.method(fs, name, (...words: unknown[]) => instead(real, words) as never);
  syncBuiltinESMExports();
  const putBack = (): void => {
    mock.mock.restore();
    syncBuiltinESMExports();
  };
  t.after(putBack);
  return putBack;
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A disk that takes the beginning of a line, and then nothing, until it is put back. */
function filledUp(t: TestContext): () => void {
  let takes = 10;
  return replaced(t, "writeSync", (real, [handle, bytes]) => {
    if (takes === 0) throw systemError("ENOSPC");
    const part = (bytes as Buffer).subarray(0, takes);
    takes = 0;
    return Reflect.apply(real, fs, [handle, part]) as number;
  });
}

test("a log is put aside before it is too large, in so many files and no more, and no line is lost but with the oldest file", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  const rotation = { maxBytes: 1000, days: 1, files: 3 };
  {
    using log = openLog(file, { rotation });
    for (let count = 1; count <= 25; count += 1) log.record(numbered(count));
  }
  assert.deepEqual(
    linesIn(folder).map(({ sent }) => sent),
    Array.from({ length: 25 }, (_, index) => index + 1),
  );
  using log = openLog(file, { rotation });
  for (let count = 26; count <= 200; count += 1) log.record(numbered(count));
  const names = readdirSync(folder);
  assert.equal(names.length, 4, names.join());
  for (const name of names) {
    assert.match(name, /^client\.log(?:\.\d{8}T\d{9}Z(?:-\d+)?)?$/);
    assert.ok(statSync(join(folder, name)).size <= 1000);
    if (process.platform !== "win32") assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  }
});

test("a log is put aside when it is so many days old, whatever restarts there were, and never while it is empty", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  const clock = settableClock(new Date("2026-01-01T00:00:00Z"));
  const rotation = { maxBytes: 1_000_000, days: 7, files: 3 };
  {
    using log = openLog(file, { rotation, clock });
    clock.advance(8 * 24 * 60 * 60 * 1000);
    log.record(numbered(1));
  }
  clock.advance(6 * 24 * 60 * 60 * 1000);
  using log = openLog(file, { rotation, clock });
  log.record(numbered(2));
  assert.deepEqual(readdirSync(folder), ["client.log"]);
  clock.advance(24 * 60 * 60 * 1000);
  log.record(numbered(3));
  assert.deepEqual(readdirSync(folder).toSorted(), ["client.log", "client.log.20260116T000000000Z"]);
  assert.deepEqual(
    linesOf(file).map(({ sent }) => sent),
    [3],
  );
});

test("what was put aside by a clock that ran ahead goes before what comes after it was put right", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  const ahead = ["client.log.20360101T000000000Z", "client.log.20360102T000000000Z", "client.log.20360103T000000000Z"];
  for (const name of ahead) writeFileSync(join(folder, name), "");
  const clock = settableClock(new Date("2026-01-01T00:00:00Z"));
  using log = openLog(file, { rotation: { maxBytes: 1_000_000, days: 1, files: 3 }, clock });
  for (let day = 1; day <= 3; day += 1) {
    log.record(numbered(day));
    clock.advance(24 * 60 * 60 * 1000);
  }
  assert.deepEqual(readdirSync(folder).toSorted(), [
    "client.log",
    "client.log.20260102T000000000Z",
    "client.log.20260103T000000000Z",
    "client.log.20360103T000000000Z",
  ]);
});

test("on a full disk lines wait, in their order and whole; of too many the oldest are dropped, and counted in their place", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  using log = openLog(file);
  log.record(numbered(1));
  const putBack = filledUp(t);
  const many = 12_000;
  for (let count = 2; count <= many; count += 1) log.record(numbered(count));
  assert.equal(log.trouble(), "the disk is full");
  putBack();
  log.record(numbered(many + 1));
  assert.equal(log.trouble(), undefined);
  const lines = linesOf(file);
  assert.deepEqual(
    lines.slice(0, 3).map(({ event }) => event),
    ["poll-succeeded", "poll-succeeded", "log-lines-lost"],
  );
  assert.deepEqual([lines[0]?.sent, lines[1]?.sent], [1, 2]);
  const after = lines.slice(3).map(({ sent }) => sent!);
  assert.deepEqual(
    after,
    Array.from({ length: after.length }, (_, index) => many + 1 - after.length + 1 + index),
    "the last ones are all there",
  );
  assert.equal(lines[2]?.lines, many + 1 - 2 - after.length);
  assert.ok(after.length > 5000);
});

test("a line that could not be completed spoils no other: not after a start, nor in the file that is opened instead", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  writeFileSync(file, '{"event":"poll-succ');
  {
    using log = openLog(file);
    for (const count of [1, 2]) log.record(numbered(count));
  }
  const [torn = "", ...whole] = readFileSync(file, "utf8").trimEnd().split("\n");
  assert.equal(torn, '{"event":"poll-succ');
  const sentOf = (line: string): number | undefined => (JSON.parse(line) as Logged).sent;
  assert.deepEqual(whole.map(sentOf), [1, 2]);

  using log = openLog(file);
  const putBack = filledUp(t);
  log.record(numbered(3));
  // Told to open it again, it is the same file: the line goes on where it was.
  log.reopen();
  putBack();
  log.record(numbered(4));
  assert.deepEqual(readFileSync(file, "utf8").trimEnd().split("\n").slice(1).map(sentOf), [1, 2, 3, 4]);

  const putBackAgain = filledUp(t);
  log.record(numbered(5));
  renameSync(file, join(folder, "moved"));
  log.reopen();
  putBackAgain();
  log.record(numbered(6));
  assert.deepEqual(
    linesOf(file).map(({ sent }) => sent),
    [5, 6],
    "in another file it is whole",
  );
});

test("where a log cannot be put aside it goes on, tells so, and tries again after a minute", async (t) => {
  const folder = await temporaryFolder(t);
  const clock = settableClock();
  using log = openLog(join(folder, "client.log"), { clock, rotation: { maxBytes: 200, days: 1, files: 3 } });
  let tried = 0;
  const putBack = replaced(t, "renameSync", () => {
    tried += 1;
    throw systemError("EPERM");
  });
  for (let count = 1; count <= 5; count += 1) log.record(numbered(count));
  assert.deepEqual([tried, log.trouble()], [1, "permission denied"]);
  putBack();
  clock.advance(60_000);
  log.record(numbered(6));
  assert.equal(log.trouble(), undefined);
  assert.equal(readdirSync(folder).length, 2);
  assert.deepEqual(
    linesIn(folder).map(({ sent }) => sent),
    [1, 2, 3, 4, 5, 6],
  );
});

test("a log that another program moves or empties is written on: moved, from when it is told; emptied, at once", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  const rotation = { maxBytes: 400, days: 1, files: 3 };
  using log = openLog(file, { rotation });
  log.record(numbered(1));
  renameSync(file, join(folder, "client.log.1"));
  log.record(numbered(2));
  log.reopen();
  log.record(numbered(3));
  assert.deepEqual(
    linesOf(join(folder, "client.log.1")).map(({ sent }) => sent),
    [1, 2],
  );
  assert.deepEqual(
    linesOf(file).map(({ sent }) => sent),
    [3],
  );
  log.record(numbered(4));
  truncateSync(file, 0);
  for (const count of [5, 6]) log.record(numbered(count));
  assert.deepEqual(
    linesOf(file).map(({ sent }) => sent),
    [5, 6],
    "it is not put aside for what was in it before",
  );
  assert.deepEqual(readdirSync(folder).toSorted(), ["client.log", "client.log.1"]);
});

test("another process that has put the log aside meanwhile is followed, and its new file not put aside again", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  using log = openLog(file, { rotation: { maxBytes: 300, days: 1, files: 3 } });
  for (const count of [1, 2]) log.record(numbered(count));
  renameSync(file, join(folder, "client.log.20260101T000000000Z"));
  writeFileSync(file, "");
  log.record(numbered(3));
  assert.deepEqual(
    linesOf(file).map(({ sent }) => sent),
    [3],
  );
  assert.equal(readdirSync(folder).length, 2);
});

test("an idle poll is told at debug alone; a level leaves out what is less, and can be changed while the log is written", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "client.log");
  const idle: Event = { event: "poll-succeeded", mailboxId, sent: 0, received: 0 };
  const failed: Event = { event: "poll-failed", mailboxId, code: "unreachable", reason: "no" };
  const lost: Event = { event: "folder-lost", mailboxId, code: "held", reason: "no" };
  using log = openLog(file, { level: "info" });
  for (const event of [idle, numbered(1), failed, lost]) log.record(event);
  for (const level of ["warn", "error", "debug"] as const) {
    log.set({ level });
    for (const event of [idle, numbered(1), failed, lost]) log.record(event);
  }
  assert.deepEqual(
    linesOf(file).map(({ level }) => level),
    [30, 40, 50, 40, 50, 50, 20, 30, 40, 50],
  );
});
