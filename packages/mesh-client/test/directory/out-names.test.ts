import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { writeControlFile } from "@restante/mesh";
import { pairName } from "@restante/mesh-client/directory";
import {
  settableClock,
  type SettableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  waitFor,
} from "@restante/testbed";
import { onAnotherDisk } from "./disks.ts";
import { outControl, startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const minute = 60_000;
const unsafe = "Transfer failure. The name of its files has control characters or is no UTF-8.";

async function start(t: TestContext, root?: string): Promise<TestDirectory & { clock: SettableClock }> {
  const server = await startTestServer(t);
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { clock, ...(root === undefined ? {} : { folder: root }) });
  return Object.assign(folder, { clock });
}

/** Puts a pair into OUT under a name of any bytes. */
async function dropBytes(folder: TestDirectory, base: Buffer, data: string): Promise<string> {
  const control = writeControlFile(outControl(sender, { localId: data }));
  const path = (suffix: string): Buffer =>
    Buffer.concat([Buffer.from(`${folder.path("out")}/`), base, Buffer.from(suffix)]);
  await writeFile(path(".dat"), data);
  await writeFile(path(".ctl"), control);
  return control;
}

const names: Record<string, Buffer> = {
  "a newline": Buffer.from("SMITH\nJOHN"),
  "a control character": Buffer.from("SMITH\u0007"),
  "a C1 control": Buffer.from("SMITH\u0085"),
  "bytes that are no UTF-8": Buffer.from([0x53, 0x4d, 0xdc, 0xff]),
  "a long name that is no UTF-8": Buffer.alloc(250, 0xe9),
};

for (const [what, base] of Object.entries(names)) {
  test(`a pair whose name has ${what} is refused to FAILED, whole, and reported`, async (t) => {
    const folder = await start(t);
    await dropBytes(folder, base, "the letter");
    await folder.drop("GOOD");
    const result = await folder.directory.pollOnce();
    assert.deepEqual(
      { sent: result.sent, failed: result.failed, error: result.error },
      { sent: 1, failed: 1, error: undefined },
    );
    assert.deepEqual(await readdir(folder.path("out")), []);
    const failed = await folder.names("failed");
    assert.deepEqual(
      failed.map((name) => name.slice(-4)),
      [".ctl", ".dat"],
    );
    assert.equal(
      (
        await folder.read(
          "failed",
          failed.find((name) => name.endsWith(".dat"))!,
        )
      ).toString(),
      "the letter",
    );
    const [report] = await folder.inbox();
    assert.equal(`${report?.status?.event} ${report?.status?.code}`, "TRANSFER 06");
    assert.equal(report?.localId, "the letter", "by which its owner knows it");
    assert.equal(report?.status?.description, unsafe);
    assert.equal(folder.events.of("pair-failed").length, 1);
  });
}

test("two pairs whose names differ only in bytes that are no UTF-8 are two, and neither is lost", async (t) => {
  const folder = await start(t);
  await dropBytes(folder, Buffer.from([0x41, 0x80]), "one");
  await dropBytes(folder, Buffer.from([0x41, 0x81]), "two");
  await dropBytes(folder, Buffer.from("A\u0080"), "three");
  assert.equal((await folder.directory.pollOnce()).failed, 3);
  const data = (await folder.names("failed")).filter((name) => name.endsWith(".dat"));
  const texts = await Promise.all(data.map(async (name) => (await folder.read("failed", name)).toString()));
  assert.deepEqual(texts.sort(), ["one", "three", "two"]);
  assert.deepEqual(await readdir(folder.path("out")), []);
});

test("half a pair under such a name waits for its other half, and then fails as any", async (t) => {
  const folder = await start(t);
  await dropBytes(folder, Buffer.from([0x41, 0xff]), "one");
  const half = Buffer.concat([Buffer.from(`${folder.path("out")}/`), Buffer.from([0x41, 0xff]), Buffer.from(".dat")]);
  await rm(half);
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(11 * minute);
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.equal((await folder.inbox())[0]?.status?.code, "02");
  assert.deepEqual(await readdir(folder.path("out")), []);
});

test("such a pair is refused also from one disk to another", async (t) => {
  const root = await temporaryFolder(t);
  if ((await onAnotherDisk(t, root, ["out"])) === undefined) return;
  const folder = await start(t, root);
  await dropBytes(folder, Buffer.from([0x41, 0xff]), "one");
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await readdir(folder.path("out")), []);
  const data = (await folder.names("failed")).find((name) => name.endsWith(".dat"));
  assert.equal((await readFile(join(folder.path("failed"), data!))).toString(), "one");
});

test("files in OUT that are no part of a pair are told with their number, again at growing intervals, and when they are gone", async (t) => {
  const folder = await start(t);
  await writeFile(folder.path("out", "SMITH.txt"), "");
  await writeFile(folder.path("out", "A.dat.csv"), "");
  await mkdir(folder.path("out", "letters"));
  await mkdir(folder.path("out", "lost+found"));
  await folder.directory.pollOnce();
  assert.equal(folder.events.of("files-passed-over").length, 0, "what is being written gets its time");
  folder.clock.advance(11 * minute);
  for (let at = 0; at <= 6; at += 1) {
    await folder.directory.pollOnce();
    folder.clock.advance(minute);
  }
  const told = (): unknown[] =>
    folder.events.of("files-passed-over").map(({ files, folder: place, times }) => ({ files, place, times }));
  const three = [1, 2, 7].map((times) => ({ files: 3, place: "OUT", times }));
  assert.deepEqual(told(), three);
  assert.ok(!JSON.stringify(folder.events.all).includes("SMITH"));
  assert.deepEqual(await folder.names("out"), ["A.dat.csv", "SMITH.txt", "letters", "lost+found"]);

  for (const name of ["A.dat.csv", "SMITH.txt", "letters"]) await rm(folder.path("out", name), { recursive: true });
  await folder.directory.pollOnce();
  assert.deepEqual(told(), [...three, { files: 0, place: "OUT", times: 7 }]);
});

test("a message can be received while OUT holds names of any kind", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, practice);
  await writeFile(folder.path("out", "x.txt"), "");
  await using from = await testClient(server, sender);
  await from.send({ to: practice, workflowId: outControl(sender).workflowId!, body: Buffer.from("x") });
  assert.equal((await folder.directory.pollOnce()).received, 1);
});

test("what waits in OUT ends and is told also where the clock, or the disk's, is wrong by decades", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, sender);
  t.after(async () => client[Symbol.asyncDispose]());
  const clock = settableClock(new Date("1980-01-01T00:00:00Z"));
  const folder = await startDirectory(t, server, sender, { client, clock, missingPairAfterMs: 50 });
  await writeFile(folder.path("out", "HALF.dat"), "the letter");
  await writeFile(folder.path("out", "LETTER.txt"), "another");
  await folder.directory.pollOnce();
  await waitFor(async () => {
    await folder.directory.pollOnce();
    return folder.events.of("files-passed-over").length > 0 && folder.events.of("pair-failed").length > 0;
  });
  assert.equal(folder.events.of("files-passed-over")[0]?.files, 1);
  assert.deepEqual(await folder.names("failed"), ["HALF.dat"]);
});

test("a pair that goes on changing is told, not only left alone, and sent once it is at rest", async (t) => {
  const server = await startTestServer(t);
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { clock, settleMs: 30, missingPairAfterMs: 100 });
  await folder.drop("SMITH");
  const growing = setInterval(() => appendFileSync(folder.path("out", "SMITH.dat"), "x"), 1);
  t.after(() => clearInterval(growing));
  await waitFor(async () => {
    await folder.directory.pollOnce();
    return folder.events.of("pair-waiting").length > 0;
  });
  for (let count = 0; count < 3; count += 1) await folder.directory.pollOnce();
  assert.deepEqual(
    folder.events.of("pair-waiting").map(({ pair, reason, times }) => ({ pair, reason, times })),
    [{ pair: pairName("SMITH"), reason: "it goes on changing", times: 1 }],
  );
  clearInterval(growing);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
});
