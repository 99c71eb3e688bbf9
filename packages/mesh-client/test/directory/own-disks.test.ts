import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { MeshClient } from "@restante/mesh-client";
import type { FolderName } from "@restante/mesh-client/directory";
import {
  settableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  testWorkflow,
} from "@restante/testbed";
import { moveFile } from "@restante/durable";
import { carryOut, type Step } from "../../src/directory/filing.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { onAnotherDisk } from "./disks.ts";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

for (const names of [["in"], ["out"], ["sent"], ["failed"], ["temp"], ["in", "out"]] as FolderName[][]) {
  const called = names.join(" and ").toUpperCase();
  test(`with ${called} on a disk of its own, pairs are sent and refused and messages received, all whole`, async (t) => {
    const root = await temporaryFolder(t);
    if ((await onAnotherDisk(t, root, names)) === undefined) return;
    const server = await startTestServer(t);
    await using from = await testClient(server, practice);
    const folder = await startDirectory(t, server, sender, { folder: root, reports: { collect: true } });
    const { messageId } = await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("received") });
    await folder.drop("GOOD", {}, "the letter");
    await folder.drop("BAD", { to: "NOBODY" }, "another");

    const result = await folder.directory.pollOnce();
    assert.deepEqual(result, { sent: 1, received: 1, failed: 1, waiting: 0, held: [], unfetched: 0, error: undefined });
    assert.deepEqual(await folder.names("out"), []);
    assert.deepEqual(await folder.names("temp"), []);
    assert.deepEqual(await folder.names("sent"), ["GOOD.ctl", "GOOD.dat"]);
    assert.equal((await folder.read("sent", "GOOD.dat")).toString(), "the letter");
    assert.notEqual((await folder.control("sent", "GOOD.ctl")).messageId, undefined);
    assert.deepEqual(await folder.names("failed"), ["BAD.ctl", "BAD.dat"]);
    assert.equal((await folder.read("failed", "BAD.dat")).toString(), "another");
    assert.equal((await folder.read("in", `${messageId}.dat`)).toString(), "received");
    assert.equal((await folder.control("in", `${messageId}.ctl`)).messageId, messageId);
    const reports = (await folder.names("in")).filter((name) => !name.startsWith(messageId));
    assert.equal(reports.length, 2, "a report of the collection and one of the refusal");
    assert.ok(reports.every((name) => /^\d.*\.ctl$/.test(name)));
    assert.deepEqual((await folder.client.list()).messageIds, []);
  });
}

test("a move to another disk that was killed at any point is finished once, and not again when its owner has the file", async (t) => {
  const root = await temporaryFolder(t);
  if ((await onAnotherDisk(t, root, ["in"])) === undefined) return;
  const folders = await openFolders(root);
  const step: Step = { from: { folder: "temp", name: "in-1.ctl" }, to: { folder: "in", name: "1.ctl" } };
  const [from, to] = [join(folders.temp, "in-1.ctl"), join(folders.in, "1.ctl")];
  const stageAgain = async (): Promise<void> => writeFile(from, "control");

  const words = [step.from.folder, step.from.name, "in", "1.ctl"].join("\0");
  const copy = `.${createHash("sha256").update(words).digest("hex").slice(0, 32)}.moving`;

  const states: Record<string, () => Promise<void>> = {
    "before anything": stageAgain,
    "while it was copied": async () => {
      await stageAgain();
      await writeFile(join(folders.in, `.${"0".repeat(32)}.moving`), "con");
    },
    "when it was copied": async () => {
      await stageAgain();
      await copyFile(from, join(folders.in, copy));
    },
    "when the first was removed": async () => {
      await stageAgain();
      await moveFile(from, join(folders.in, copy));
    },
  };
  for (const [state, make] of Object.entries(states)) {
    await make();
    await writeFile(to, "another's");
    await assert.rejects(carryOut([step], { folders }), { code: "folder-unusable", folder: "IN" }, state);
    assert.equal((await readFile(to)).toString(), "another's", state);
    await rm(to);
    await rm(join(folders.in, copy), { force: true });
    await make();
    await carryOut([step], { folders });
    assert.equal((await readFile(to)).toString(), "control", state);
    await rm(to);
    await carryOut([step], { folders });
    const left = (await readdir(folders.in)).filter((name) => name !== `.${"0".repeat(32)}.moving`);
    assert.deepEqual(left, [], `${state}: its owner has it`);
    assert.deepEqual(await readdir(folders.temp), []);
  }
});

test("a pair written anew while the one before was on its way to another disk stays", async (t) => {
  const root = await temporaryFolder(t);
  if ((await onAnotherDisk(t, root, ["sent"])) === undefined) return;
  const folders = await openFolders(root);
  const path = join(folders.out, "A.dat");
  await writeFile(path, "new");
  await utimes(path, 1000, 1000);
  const step = { from: { folder: "out", name: "A.dat" }, to: { folder: "sent", name: "A.dat" }, fingerprint: "3:1" };
  await carryOut([step as Step], { folders });
  assert.deepEqual(await readdir(folders.out), ["A.dat"]);
  assert.deepEqual(await readdir(folders.sent), []);
});

test("a link or a folder in the place of a .dat is not copied from one disk to another, nor followed", async (t) => {
  const root = await temporaryFolder(t);
  if ((await onAnotherDisk(t, root, ["out"])) === undefined) return;
  const server = await startTestServer(t);
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { folder: root, clock });
  await folder.drop("LINK");
  await rm(folder.path("out", "LINK.dat"));
  await symlink("/dev/zero", folder.path("out", "LINK.dat"));
  await folder.drop("FOLDER");
  await rm(folder.path("out", "FOLDER.dat"));
  await mkdir(folder.path("out", "FOLDER.dat"));
  await folder.directory.pollOnce();
  clock.advance(11 * 60_000);
  assert.equal((await folder.directory.pollOnce()).failed, 2);
  assert.equal((await folder.directory.pollOnce()).failed, 0, "each fails once");
  assert.deepEqual(await folder.names("failed"), ["FOLDER.ctl", "LINK.ctl", "LINK.dat"]);
  assert.equal(await readlink(folder.path("failed", "LINK.dat")), "/dev/zero");
  assert.deepEqual(await folder.names("out"), ["FOLDER.dat.refused"]);
  assert.deepEqual(
    folder.events.of("files-passed-over").map(({ files }) => files),
    [1],
    "what could not be moved is told",
  );
});

test("a disk that is not mounted when the client starts again is told, and no letter goes where it would vanish beneath it", async (t) => {
  const root = await temporaryFolder(t);
  const other = await onAnotherDisk(t, root, ["in"]);
  if (other === undefined) return;
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice, { folder: root });
  await rm(join(root, "IN"));
  await mkdir(join(root, "IN"));
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: "the letter" });
  for (let count = 0; count < 2; count += 1) {
    await folder.restart();
    assert.equal((await folder.directory.pollOnce()).received, 0);
    assert.equal(folder.events.of("poll-failed").at(-1)?.reason, "IN: its disk is not mounted any more.");
    assert.deepEqual(await readdir(join(root, "IN")), []);
  }
  await rm(join(root, "IN"), { recursive: true });
  await symlink(join(other, "in"), join(root, "IN"));
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);

  // Who means it: IN has no disk of its own any more.
  await rm(join(root, "IN"));
  await mkdir(join(root, "IN"));
  await rm(join(root, ".restante", "disks"));
  await from.send({ to: practice, workflowId: testWorkflow, body: "another" });
  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).received, 1);
});

test("a message that comes while the disk of IN is taken away is not acknowledged, and is there once the disk is", async (t) => {
  const root = await temporaryFolder(t);
  const other = await onAnotherDisk(t, root, ["in"]);
  if (other === undefined) return;
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const real = await testClient(server, sender);
  const { messageId } = await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("received") });
  let isTaken = false;
  const client: MeshClient = Object.create(real, {
    download: {
      value: async (...words: Parameters<MeshClient["download"]>) => {
        const answer = await real.download(...words);
        if (!isTaken) {
          await rm(join(root, "IN"));
          await mkdir(join(root, "IN"));
        }
        isTaken = true;
        return answer;
      },
    },
  });
  const folder = await startDirectory(t, server, sender, { folder: root, client });
  for (let times = 0; times < 2; times += 1) {
    const { received, error } = await folder.directory.pollOnce();
    assert.equal(received, 0);
    assert.match(error?.message ?? "", /IN: its disk is not mounted any more/);
  }
  assert.deepEqual((await real.list()).messageIds, [messageId]);

  await rm(join(root, "IN"), { recursive: true });
  await symlink(join(other, "in"), join(root, "IN"));
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);
  assert.deepEqual((await real.list()).messageIds, []);
});
