import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { type MailboxId, newMessageId, parseMailboxId, writeControlFile } from "@restante/mesh";
import { recordEvents, settableClock, temporaryFolder, testMailboxes, waitFor } from "@restante/testbed";
import type { DirectoryContext } from "../../src/directory/context.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { type Journal, openJournal } from "../../src/directory/journal.ts";
import { createRetention, type RetentionDays } from "../../src/directory/retention.ts";
import { openMailboxFolder, outControl } from "./mailbox-folder.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const mailboxId: MailboxId = parseMailboxId(testMailboxes.sender);

interface Kept {
  readonly folder: ReturnType<typeof openMailboxFolder>;
  readonly events: ReturnType<typeof recordEvents>;
  readonly clock: ReturnType<typeof settableClock>;
  readonly journal: Journal;
  /** Bytes in SENT, at each measure. */
  readonly measured: readonly number[];
  /** Time passes, by clock and uptime; then a poll has ended. */
  readonly pass: (ms: number) => Promise<void>;
  /** The clock alone moves. */
  readonly jump: (ms: number) => void;
  readonly put: (place: "sent" | "failed", base: string, success?: boolean) => Promise<void>;
}

async function start(t: TestContext, days: RetentionDays | undefined): Promise<Kept> {
  const root = await temporaryFolder(t);
  const folders = await openFolders(root);
  const hidden = `${root}/.restante`;
  await mkdir(hidden);
  const clock = settableClock();
  const events = recordEvents();
  let uptime = 0;
  const journal = openJournal(hidden, clock);
  t.after(() => journal[Symbol.dispose]());
  const context = { clock, emit: events.emit, mailboxId, folders, journal, lock: { check: async () => undefined } };
  const measured: number[] = [];
  const retention = createRetention(context as unknown as DirectoryContext, {
    hidden,
    days,
    uptimeMs: () => uptime,
    onMeasured: ({ sent }) => measured.push(sent.bytes),
  });
  const folder = openMailboxFolder(root, mailboxId);
  t.after(async () => retention[Symbol.asyncDispose]());
  return {
    folder,
    events,
    clock,
    journal,
    measured,
    async pass(ms) {
      clock.advance(ms);
      uptime += ms;
      retention.turn();
      await retention.idle();
    },
    jump: (ms) => clock.advance(ms),
    async put(place, base, success = place === "sent") {
      const at = new Date(Date.now() - 1000).toISOString().replaceAll(/\D/g, "").slice(0, 14);
      const status = { at, event: "TRANSFER", success, code: success ? "00" : "06", description: "" };
      await writeFile(folder.path(place, `${base}.dat`), `data of ${base}`);
      await writeFile(folder.path(place, `${base}.ctl`), writeControlFile(outControl(mailboxId, { status })));
    },
  };
}

test("pairs are removed from SENT and FAILED after their days, whole, and how many and how much is told once a day", async (t) => {
  const { folder, events, pass, put } = await start(t, { sent: 30, failed: 60 });
  for (const base of ["A", "B"]) await put("sent", base);
  await put("failed", "F");
  await pass(HOUR);
  assert.deepEqual(
    events.of("folder-kept").map(({ folder, files }) => [folder, files]),
    [
      ["SENT", 4],
      ["FAILED", 2],
    ],
  );
  for (let day = 0; day < 29; day += 1) await pass(DAY);
  assert.equal((await folder.names("sent")).length, 4);
  for (let day = 0; day < 3; day += 1) await pass(DAY);
  assert.deepEqual(await folder.names("sent"), []);
  assert.equal((await folder.names("failed")).length, 2);
  const told = events.of("folder-kept").filter(({ removed }) => removed !== undefined && removed > 0);
  assert.deepEqual(
    told.map(({ folder, files, bytes, removed }) => ({ folder, files, bytes, removed })),
    [{ folder: "SENT", files: 0, bytes: 0, removed: 4 }],
  );
  for (let day = 0; day < 30; day += 1) await pass(DAY);
  assert.deepEqual(await folder.names("failed"), []);
});

test("whoever follows a client is told of each measure, also of a folder that is empty by now", async (t) => {
  const { folder, measured, pass, put } = await start(t, undefined);
  await pass(HOUR);
  await put("sent", "A");
  await pass(DAY);
  for (const name of await folder.names("sent")) await rm(folder.path("sent", name));
  await pass(DAY);
  const [first, second = 0, ...others] = measured;
  assert.ok(second > "data of A".length);
  assert.deepEqual([first, others], [0, [0]]);
});

for (const days of [undefined, { sent: 30 }]) {
  test(`the journal forgets what is old by a clock that is believed alone, with ${days === undefined ? "no retention" : "a retention"}`, async (t) => {
    const { journal, events, pass, jump } = await start(t, days);
    const messageId = newMessageId(new Date());
    journal.receive(messageId, { steps: [] });
    await pass(HOUR);
    jump(40 * DAY);
    for (let hours = 0; hours < 20; hours += 1) await pass(HOUR);
    jump(-40 * DAY);
    for (let day = 0; day < 30; day += 1) await pass(DAY);
    assert.equal(journal.received(messageId), true);
    for (let day = 0; day < 8; day += 1) await pass(DAY);
    assert.equal(journal.received(messageId), false);
    assert.equal(events.of("retention-paused").length > 0, days !== undefined, "what is kept for longer is no trouble");
  });
}

test("without a retention nothing is removed, and what is kept is told", async (t) => {
  const { folder, events, pass, put } = await start(t, undefined);
  await put("sent", "A");
  for (let day = 0; day < 4; day += 1) await pass(1000 * DAY);
  assert.equal((await folder.names("sent")).length, 2);
  assert.equal(events.of("folder-kept").length, 4);
  assert.deepEqual(events.of("retention-paused"), []);
});

test("a clock that jumps years ahead removes nothing, and it is told that it is not believed", async (t) => {
  const { folder, events, pass, jump, put } = await start(t, { sent: 30 });
  await put("sent", "A");
  for (let hour = 0; hour < 30; hour += 1) await pass(HOUR);
  assert.deepEqual(events.of("retention-paused"), [], "the first day is no trouble");
  jump(3650 * DAY);
  for (let hour = 0; hour < 23; hour += 1) await pass(HOUR);
  assert.equal((await folder.names("sent")).length, 2);
  assert.match(events.of("retention-paused").at(-1)?.reason ?? "", /87600 hours further/);
  jump(-3650 * DAY);
  for (let hour = 0; hour < 60; hour += 1) await pass(HOUR);
  assert.equal((await folder.names("sent")).length, 2);
  assert.equal(events.of("retention-resumed").length, 1);
});

test("a clock that jumps between two looks at it, just before the day's work, removes nothing", async (t) => {
  const { folder, pass, jump, put } = await start(t, { sent: 30 });
  await put("sent", "A");
  await pass(HOUR);
  for (let hour = 0; hour < 24; hour += 1) await pass(HOUR);
  // From here the looks of each hour and the day's work are half an hour apart.
  await pass(1.5 * HOUR);
  for (let hour = 0; hour < 22; hour += 1) await pass(HOUR);
  jump(3650 * DAY);
  await pass(HOUR / 2);
  assert.equal((await folder.names("sent")).length, 2);
});

test("what is no pair of the client's own stays, whatever its age", async (t) => {
  const { folder, pass, put } = await start(t, { sent: 1, failed: 1 });
  await put("sent", "failed here", false);
  await put("failed", "sent here", true);
  const strangers: Readonly<Record<string, string>> = {
    "notes.txt": "notes",
    "alone.dat": "data without a control file",
    "broken.ctl": "<DTSControl>",
    "dropped.ctl": writeControlFile(outControl(mailboxId)),
  };
  for (const [name, text] of Object.entries(strangers)) await writeFile(folder.path("sent", name), text);
  await put("sent", "folder");
  await mkdir(folder.path("sent", "deep.ctl"));
  if (process.platform !== "win32") await symlink(folder.path("sent", "notes.txt"), folder.path("sent", "link.ctl"));
  const before = [await folder.names("sent"), await folder.names("failed")];
  for (let day = 0; day < 5; day += 1) await pass(DAY);
  const gone = before[0]!.filter((name) => name.startsWith("folder."));
  assert.equal(gone.length, 2, "a pair beside them goes");
  const [sent, failed] = [await folder.names("sent"), await folder.names("failed")];
  assert.deepEqual(
    sent,
    before[0]!.filter((name) => !gone.includes(name)),
  );
  assert.deepEqual(failed, before[1]);
  assert.equal(await readFile(folder.path("sent", "notes.txt"), "utf8"), "notes");
});

test("file times of a disk whose clock is years behind make nothing old", async (t) => {
  const { folder, pass, put } = await start(t, { sent: 3 });
  await put("sent", "A");
  const then = new Date("2021-01-01");
  for (const name of ["A.dat", "A.ctl"]) await utimes(folder.path("sent", name), then, then);
  await pass(DAY);
  await pass(DAY);
  assert.equal((await folder.names("sent")).length, 2);
});

test("a .ctl whose .dat was removed before a kill goes at the next turn", async (t) => {
  const { folder, pass, put } = await start(t, { sent: 1 });
  await put("sent", "A");
  const control = await folder.read("sent", "A.ctl");
  for (let day = 0; day < 3; day += 1) await pass(DAY);
  await writeFile(folder.path("sent", "A.ctl"), control);
  for (let day = 0; day < 2; day += 1) await pass(DAY);
  await waitFor(async () => (await folder.names("sent")).length === 0);
});

test("what is more than a turn removes goes on at the end of the next poll", async (t) => {
  const { folder, pass, put } = await start(t, { sent: 1 });
  for (let count = 0; count < 1005; count += 1) await put("sent", `PAIR-${count}`);
  for (let hour = 0; hour < 24; hour += 1) await pass(HOUR);
  assert.equal((await folder.names("sent")).length, 2010);
  await pass(HOUR);
  assert.equal((await folder.names("sent")).length, 10);
  await pass(1000);
  assert.deepEqual(await folder.names("sent"), []);
});
