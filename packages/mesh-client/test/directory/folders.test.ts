import assert from "node:assert/strict";
import { mkdir, readdir, rename, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Event } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import type { FolderName } from "@restante/mesh-client/directory";
import {
  settableClock,
  type SettableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";
import { onAnotherDisk, smallDisk } from "./disks.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const minute = 60_000;

async function start(
  t: TestContext,
  root?: string,
): Promise<TestDirectory & { clock: SettableClock; from: MeshClient; server: TestServer }> {
  const server = await startTestServer(t);
  const clock = settableClock();
  const from = await testClient(server, practice);
  t.after(async () => from[Symbol.asyncDispose]());
  const folder = await startDirectory(t, server, sender, { clock, ...(root === undefined ? {} : { folder: root }) });
  // Not a copy: `directory` is another one after a restart.
  return Object.assign(folder, { clock, from, server });
}

const post = async ({ from }: { from: MeshClient }): Promise<string> =>
  (await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") })).messageId;

/** What was told of the folders, shortly. */
function told(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.event === "poll-failed") return [`failed ${event.folder} ${event.reason} ${event.times}`];
    return event.event === "poll-recovered" ? [`recovered ${event.folder} ${event.times}`] : [];
  });
}

test("without OUT messages are received; OUT is told once, then with its count, then that it is back", async (t) => {
  const folder = await start(t);
  await rmdir(folder.path("out"));
  for (let at = 0; at <= 6; at += 1) {
    await post(folder);
    const { received, error } = await folder.directory.pollOnce();
    assert.deepEqual({ received, code: error?.code }, { received: 1, code: "folder-unusable" });
    folder.clock.advance(minute);
  }
  assert.ok(!(await readdir(folder.root)).includes("OUT"), "it is not made anew on whatever disk is below");
  await mkdir(folder.path("out"));
  await folder.drop("A");
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  const missing = "failed OUT OUT: there is no such folder.";
  assert.deepEqual(told(folder.events.all), [`${missing} 1`, `${missing} 2`, `${missing} 7`, "recovered OUT 7"]);
});

test("without IN pairs are sent, and reports and messages come to IN when it is back", async (t) => {
  const folder = await start(t);
  await folder.restart({ reports: { collect: true } });
  const messageId = await post(folder);
  await rmdir(folder.path("in"));
  await folder.drop("A");
  await folder.drop("B", { to: "NOBODY" });
  const first = await folder.directory.pollOnce();
  assert.deepEqual({ received: first.received, code: first.error?.code }, { received: 0, code: "folder-unusable" });
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.deepEqual(await folder.names("failed"), ["B.ctl", "B.dat"]);
  assert.equal(folder.events.of("pair-sent").length, 1, "the pair does not wait for the report about it");
  await folder.directory.pollOnce();
  assert.deepEqual((await folder.client.list()).messageIds, [messageId]);
  await mkdir(folder.path("in"));
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  const names = await folder.names("in");
  assert.equal(names.length, 4, "two reports, one message");
  assert.ok(names.includes(`${messageId}.dat`));
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual(told(folder.events.all), ["failed IN IN: there is no such folder. 1", "recovered IN 2"]);
});

test("a pair whose filing is finished at a later poll is told as sent then, once, also over a restart", async (t) => {
  const folder = await start(t);
  await rmdir(folder.path("sent"));
  await folder.drop("A");
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await folder.directory.pollOnce()).sent, 0);
    assert.equal(folder.events.of("pair-sent").length, 0);
  }
  await mkdir(folder.path("sent"));
  await folder.restart();
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.deepEqual(await folder.names("out"), []);
  const { messageId } = await folder.control("sent", "A.ctl");
  assert.deepEqual(
    folder.events.of("pair-sent").map((event) => event.messageId as string),
    [messageId],
  );
});

test("a message whose filing is finished at a later poll is told as saved then, once, and acknowledged", async (t) => {
  const folder = await start(t);
  const messageId = await post(folder);
  await mkdir(folder.path("in", `${messageId}.ctl`));
  for (let count = 0; count < 3; count += 1) await folder.directory.pollOnce();
  assert.equal(folder.events.of("message-saved").length, 0);
  assert.deepEqual((await folder.client.list()).messageIds, [messageId]);
  await rmdir(folder.path("in", `${messageId}.ctl`));
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.deepEqual(
    folder.events.all.filter(({ event }) => event.startsWith("message-")).map(({ event }) => event),
    ["message-saved", "message-cleared"],
  );
});

test("a message on its way to IN whose files are removed from TEMP is fetched again and not taken for handed over", async (t) => {
  for (const gone of [[".dat"], [".ctl"], [".dat", ".ctl"]]) {
    const folder = await start(t);
    const messageId = await post(folder);
    await mkdir(folder.path("in", `${messageId}.dat`));
    await folder.directory.pollOnce();
    const staged = await folder.names("temp");
    assert.equal(staged.length, 2);
    for (const name of staged) if (gone.some((end) => name.endsWith(end))) await rm(folder.path("temp", name));
    await rmdir(folder.path("in", `${messageId}.dat`));
    await folder.restart();
    await folder.directory.pollOnce();
    assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`], gone.join());
    assert.equal((await folder.read("in", `${messageId}.dat`)).toString(), "x");
    assert.deepEqual((await folder.client.list()).messageIds, []);
    assert.equal(folder.events.of("message-saved").length, 1);
    assert.deepEqual(await folder.names("temp"), []);
  }
});

test("while a folder that all need is gone nothing is fetched, and what was decided is not taken for done", async (t) => {
  const folder = await start(t);
  await post(folder);
  await rmdir(folder.path("sent"));
  await folder.drop("A");
  // Accepted, its control file rewritten in TEMP, and not to be filed yet.
  await folder.directory.pollOnce();
  await rename(folder.path("temp"), join(folder.root, "elsewhere"));
  await mkdir(folder.path("sent"));
  await post(folder);
  const { received, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent }, { received: 0, sent: 0 });
  assert.equal(folder.events.of("pair-sent").length, 0);
  await rename(join(folder.root, "elsewhere"), folder.path("temp"));
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.notEqual((await folder.control("sent", "A.ctl")).messageId, undefined);
});

test("a disk that is no longer mounted is told, and nothing is written in its place", async (t) => {
  const root = await temporaryFolder(t);
  const disk = await smallDisk(t, 4_000_000);
  if (disk === undefined) return;
  await symlink(disk.folder, join(root, "IN"));
  const folder = await start(t, root);
  disk.unmount();
  const messageId = await post(folder);
  const { error } = await folder.directory.pollOnce();
  assert.equal(error?.message, "IN: its disk is not mounted any more.");
  assert.deepEqual(await folder.names("in"), []);
  disk.mount();
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);
});

test("a folder that is gone at a start is made again", async (t) => {
  const folder = await start(t);
  await rmdir(folder.path("out"));
  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  assert.deepEqual(await folder.names("out"), []);
});

for (const name of ["in", "sent", "failed", "out", "temp"] as FolderName[]) {
  test(`a file in the place of ${name.toUpperCase()} is told by that name, and the poll goes on`, async (t) => {
    const folder = await start(t);
    await rmdir(folder.path(name));
    await symlink("/dev/null", join(folder.root, name.toUpperCase()));
    const { error } = await folder.directory.pollOnce();
    assert.equal(error?.message, `${name.toUpperCase()}: it is no folder.`);
    assert.deepEqual(told(folder.events.all), [
      `failed ${name.toUpperCase()} ${name.toUpperCase()}: it is no folder. 1`,
    ]);
  });
}

test("a lasting trouble with the server is told once, then with its count, then that it is over", async (t) => {
  const folder = await start(t);
  await folder.restart({ client: await testClient(folder.server, sender, { retries: { attempts: 1 } }) });
  await folder.server.close();
  for (let at = 0; at <= 40; at += 1) {
    await folder.directory.pollOnce();
    folder.clock.advance(minute);
  }
  await folder.server.restart();
  await folder.directory.pollOnce();
  const failed = folder.events.of("poll-failed");
  assert.deepEqual(
    failed.map(({ code, times, folder: place }) => ({ code, times, place })),
    [1, 2, 7, 37].map((times) => ({ code: "unreachable", times, place: undefined })),
  );
  assert.ok(failed.every(({ since }) => since?.getTime() === failed[0]?.since?.getTime()));
  assert.deepEqual(
    folder.events.of("poll-recovered").map(({ times }) => times),
    [41],
  );
});

test("a folder of another disk that is gone is told, and comes back with all that was on it", async (t) => {
  const root = await temporaryFolder(t);
  const other = await onAnotherDisk(t, root, ["out"]);
  if (other === undefined) return;
  const folder = await start(t, root);
  await folder.drop("A");
  await rename(join(other, "out"), join(other, "away"));
  assert.equal((await folder.directory.pollOnce()).error?.message, "OUT: there is no such folder.");
  await rename(join(other, "away"), join(other, "out"));
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  await rm(join(other, "out"), { recursive: true });
});

test("a pair that the server accepted is not sent again while a file is in the place of SENT, and is filed once it is gone", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, testMailboxes.practice);
  const folder = await startDirectory(t, server);
  await folder.drop("A");
  const sent = folder.path("sent");
  await rmdir(sent);
  await writeFile(sent, "");
  for (let times = 0; times < 3; times += 1) {
    const { error } = await folder.directory.pollOnce();
    assert.equal(error?.code, "folder-unusable");
  }
  await rm(sent);
  await mkdir(sent);
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  const arrived: string[] = [];
  for await (const messageId of to.listAll()) arrived.push(messageId);
  assert.equal(arrived.length, 1);
});
