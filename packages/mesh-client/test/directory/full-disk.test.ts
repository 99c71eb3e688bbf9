import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import type { MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import type { DirectoryClientOptions, FolderName } from "@restante/mesh-client/directory";
import {
  settableClock,
  type SettableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  testWorkflow,
} from "@restante/testbed";
import { type SmallDisk, smallDisk } from "./disks.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const megabyte = 1_000_000;

interface OnSmallDisk extends TestDirectory {
  readonly disk: SmallDisk;
  readonly clock: SettableClock;
  readonly fetched: string[];
  readonly send: (body: Uint8Array, contentEncoding?: "gzip") => Promise<MessageId>;
}

/** A directory client one of whose folders is on a disk of 2 MB. */
async function start(
  t: TestContext,
  name: FolderName,
  { isTold = true, ...overrides }: { isTold?: boolean } & Partial<DirectoryClientOptions> = {},
): Promise<OnSmallDisk | undefined> {
  const disk = await smallDisk(t, 2 * megabyte);
  if (disk === undefined) return undefined;
  const root = await temporaryFolder(t);
  await symlink(disk.folder, join(root, name.toUpperCase()));
  const server = await startTestServer(t);
  const from = await testClient(server, sender);
  t.after(async () => from[Symbol.asyncDispose]());
  const real = await testClient(server, practice);
  const fetched: string[] = [];
  const download: MeshClient["download"] = async (messageId, options) => {
    fetched.push(messageId);
    const message = await real.download(messageId, options);
    return isTold ? message : { ...message, announcedBytes: undefined };
  };
  const clock = settableClock();
  const client = { ...real, download };
  const folder = await startDirectory(t, server, practice, { folder: root, client, clock, ...overrides });
  return Object.assign(folder, {
    disk,
    clock,
    fetched,
    send: async (body: Uint8Array, contentEncoding?: "gzip") =>
      (await from.send({ to: practice, workflowId: testWorkflow, body, contentEncoding })).messageId,
  });
}

for (const isTold of [true, false]) {
  const how = isTold ? "by its length" : "only while it is written";
  test(`a message for which the disk has no room (known ${how}) is told, and those behind it are received`, async (t) => {
    const folder = await start(t, "temp", { isTold });
    if (folder === undefined) return;
    const large = await folder.send(randomBytes(3 * megabyte));
    const small = await folder.send(Buffer.from("small"));
    assert.equal((await folder.directory.pollOnce()).received, 1);
    assert.deepEqual(await folder.names("in"), [`${small}.ctl`, `${small}.dat`]);
    assert.deepEqual(await folder.names("temp"), [], "no part of it takes the room of others");
    assert.deepEqual((await folder.client.list()).messageIds, [large]);
    for (let count = 0; count < 3; count += 1) await folder.directory.pollOnce();
    assert.deepEqual(folder.fetched, [large, small], "it is not fetched at each poll");
    const told = folder.events.of("message-waiting");
    assert.equal(told.length, 1);
    assert.match(told[0]?.reason ?? "", /^TEMP: there is no room for it on the disk\.$/);

    folder.disk.resize(20 * megabyte);
    // Where its length is known it is fetched as soon as there is room; else when its wait is over.
    if (!isTold) folder.clock.advance(60_000);
    assert.equal((await folder.directory.pollOnce()).received, 1);
    assert.equal((await folder.read("in", `${large}.dat`)).length, 3 * megabyte);
    assert.deepEqual((await folder.client.list()).messageIds, []);
  });
}

test("a message for which IN, on a disk of its own, has no room is not fetched, and those behind it are received", async (t) => {
  const folder = await start(t, "in");
  if (folder === undefined) return;
  const large = await folder.send(randomBytes(3 * megabyte));
  const small = await folder.send(Buffer.from("small"));
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${small}.ctl`, `${small}.dat`]);
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual((await folder.client.list()).messageIds, [large]);
  // It is IN's disk that wants room, not that of TEMP.
  assert.deepEqual(
    folder.events.of("message-waiting").map(({ messageId, reason }) => ({ messageId, reason })),
    [{ messageId: large, reason: "IN: there is no room for it on the disk." }],
  );
});

for (const name of ["temp", "in"] as const) {
  test(`what has no room in ${name.toUpperCase()} once it is decompressed is handed over as it came`, async (t) => {
    const folder = await start(t, name);
    if (folder === undefined) return;
    const packed = gzipSync(Buffer.alloc(10 * megabyte, "x"));
    const messageId = await folder.send(packed, "gzip");
    assert.equal((await folder.directory.pollOnce()).received, 1);
    assert.deepEqual(await folder.read("in", `${messageId}.dat`), packed);
    assert.equal((await folder.control("in", `${messageId}.ctl`)).isCompressed, true);
    assert.deepEqual(await folder.names("temp"), []);
    assert.deepEqual(
      folder.events.of("message-not-decompressed").map(({ reason }) => reason),
      ["there is no room for it on the disk"],
    );
    assert.deepEqual((await folder.client.list()).messageIds, []);
  });
}

test("on a full disk nothing is left over from what could not be done, and all of it is done when there is room", async (t) => {
  const folder = await start(t, "temp");
  if (folder === undefined) return;
  await folder.restart({ reports: { collect: true, poll: true } });
  const messageId = await folder.send(Buffer.from("small"));
  await folder.drop("FAILS", { from: practice, to: "NOBODY", workflowId: undefined });
  await folder.drop("GOES", { from: practice, to: sender }, randomBytes(100_000));
  // A name beside ours, that takes all there is.
  await writeFile(folder.path("temp", "full"), Buffer.alloc(4 * megabyte)).catch(() => undefined);
  for (let count = 0; count < 3; count += 1) {
    const result = await folder.directory.pollOnce();
    assert.equal(result.received + result.sent + result.failed, 0);
    assert.deepEqual(await folder.names("temp"), ["full"]);
  }
  assert.equal(folder.events.of("poll-failed").length, 1);
  assert.equal(folder.events.of("poll-failed")[0]?.folder, "TEMP");
  folder.disk.resize(20 * megabyte);
  const { received, sent, failed, error } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent, failed, error }, { received: 1, sent: 1, failed: 1, error: undefined });
  assert.ok((await folder.names("in")).includes(`${messageId}.dat`));
  assert.deepEqual(await folder.names("temp"), ["full"]);
});
