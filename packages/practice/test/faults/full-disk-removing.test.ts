import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filler, smallDisk } from "../../../mesh-server/test/store/small-disk.ts";
import { deliver, pairsIn } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { sender } from "../support/organisations.ts";
import { DAY, HOUR, keep, removals } from "../retention/keeping.ts";

test("on a full disk nothing is removed in part and nothing is let go of, both are told, and both go on when there is room", async (t) => {
  const disk = smallDisk(t, 24);
  if (disk === undefined) return;
  const here = await keep(t, { dataFolder: join(disk, "practice") });
  // Longer than what room there is in the journal.
  const long = (): string =>
    message({ report: { contentType: "application/pdf", bytes: Buffer.alloc(600_000, "%PDF-1.7 ") } }).xml;
  const done = await here.receive(long(), long());
  for (const taskId of done) await here.person.complete(taskId);
  await here.begin({ tasks: 30 });
  await here.pass(20 * DAY);
  here.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const other = filler(t, disk);
  other.pause();

  await here.pass(11 * DAY);
  const paused = here.to.events.find(({ event }) => event === "retention-paused");
  assert.match(JSON.stringify(paused), /disk-full/);
  assert.match((await here.retention.kept()).waitsFor ?? "", /the disk is full: make room/);
  assert.deepEqual(removals(here), []);
  for (const taskId of done) assert.ok(await here.person.original(taskId), "what is there is there whole");
  // The disk is full for what comes in as well: it stays where it is.
  const fresh = message();
  deliver(here.to, fresh.xml, { from: sender.mailboxId, workflowId });
  await assert.rejects(here.to.practice.cycle());
  assert.equal(pairsIn(join(here.to.folder, "IN")).length, 1);
  assert.ok(here.to.events.some((told) => told.event === "work-held-up" && told.code === "disk-full"));

  other.stop();
  await here.to.practice.cycle();
  assert.equal(pairsIn(join(here.to.folder, "IN")).length, 0);
  await here.pass(2 * HOUR);
  assert.ok(here.to.events.some(({ event }) => event === "work-resumed"));
  assert.ok(here.to.events.some(({ event }) => event === "retention-resumed"));
  assert.equal((await here.retention.kept()).waitsFor, undefined);
  for (const taskId of done) assert.equal((await here.person.task(taskId))?.state, "removed");
  assert.equal((await here.person.openTasks()).filter(({ state }) => state === "open").length, 1);
});

test("a file that cannot be removed keeps its own task alone, is told, and goes when it can be", async (t) => {
  const here = await keep(t);
  deliver(here.to, "x", { from: sender.mailboxId, workflowId, messageId: "NOTREAD1" });
  writeFileSync(join(here.to.folder, "IN", "NOTREAD1.ctl"), "no control file");
  for (let pass = 0; pass < 6; pass += 1) await here.to.practice.cycle();
  const [unread] = await here.person.openTasks();
  const [done = 0] = await here.receive(message().xml);
  await here.person.complete(unread?.taskId ?? 0);
  await here.person.complete(done);
  // In its place stands what is no file.
  const file = join(here.to.options.dataFolder, "kept", "NOTREAD1.dat");
  rmSync(file);
  mkdirSync(file);
  await here.begin({ tasks: 30 });
  await here.pass(31 * DAY);
  assert.equal((await here.person.task(done))?.state, "removed");
  assert.equal((await here.person.task(unread?.taskId ?? 0))?.state, "completed");
  const told = here.to.events.find(({ event }) => event === "retention-paused");
  assert.match(JSON.stringify(told), /the files of task 1 cannot be removed/);

  rmSync(file, { recursive: true });
  await here.pass(2 * DAY);
  assert.equal((await here.person.task(unread?.taskId ?? 0))?.state, "removed");
  assert.ok(here.to.events.some(({ event }) => event === "retention-resumed"));
  assert.ok(!existsSync(file));
});
