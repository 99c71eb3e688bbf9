import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import type { MessageId } from "@restante/mesh";
import { createDirectoryClient, type FolderName } from "@restante/mesh-client/directory";
import {
  clientOptions,
  startTestServer,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
  waitFor,
} from "@restante/testbed";
import { onAnotherDisk } from "./disks.ts";
import type { DirectoryProcessOptions } from "./directory-process.ts";
import { mailboxFolder, type MailboxFolder } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

/** Starts the directory client, lets it do a few things, kills it, and so on until it is done. */
async function killUntil(
  t: TestContext,
  options: DirectoryProcessOptions,
  isDone: () => Promise<boolean>,
): Promise<number> {
  for (let kills = 1; ; kills += 1) {
    assert.ok(kills < 100, "it gets on");
    const child = startProcess(t, options);
    const exit = once(child, "exit");
    const things = 1 + Math.floor(Math.random() * 8);
    let lines = 0;
    child.stdout?.on("data", (chunk: Buffer) => (lines += chunk.toString().split("\n").length - 1));
    // The first line is that it has started.
    await waitFor(async () => lines >= things || child.exitCode !== null || isDone(), { intervalMs: 2 });
    await delay(Math.random() * 20);
    child.kill("SIGKILL");
    await exit;
    if (await isDone()) return kills;
  }
}

function startProcess(t: TestContext, options: DirectoryProcessOptions): ChildProcess {
  const script = new URL("directory-process.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** Works in peace until nothing is waiting. */
async function drain(server: TestServer, mailboxId: string, folder: MailboxFolder): Promise<string[]> {
  await using client = await testClient(server, mailboxId);
  await using directory = await createDirectoryClient({
    client,
    folder: folder.root,
    settleMs: 0,
    answerWaitMs: 0,
    reports: { collect: false },
  });
  for (;;) {
    const { waiting, held, error } = await directory.pollOnce();
    if (waiting === 0 && error === undefined) return held.map(({ baseName }) => baseName).sort();
  }
}

/** Sends forty pairs, being killed all the while, and looks where they are. Gives the pairs that are held. */
async function sendWhileKilled(
  t: TestContext,
  {
    localIdOf,
    commit,
    disks = [],
  }: { localIdOf: (base: string) => string; commit: "single" | "two-chunk"; disks?: readonly FolderName[] },
): Promise<string[]> {
  const server = await startTestServer(t);
  const folder = await mailboxFolder(t, sender);
  if (disks.length > 0 && (await onAnotherDisk(t, folder.root, disks)) === undefined) return [];
  const options = { client: await clientOptions(server, sender), folder: folder.root, commit };
  // The folders must be there before pairs can be dropped.
  await drain(server, sender, folder);
  const bases = Array.from({ length: 40 }, (_, index) => `PAIR-${String(index).padStart(2, "0")}`);
  for (const base of bases) {
    await folder.drop(base, { localId: localIdOf(base), allowChunking: true }, `body of ${base}`);
  }

  // In the end only those may be left that a person must decide about.
  const isLeft = (name: string): boolean => commit === "two-chunk" || localIdOf(name.slice(0, 7)) === name.slice(0, 7);
  const kills = await killUntil(t, options, async () => !(await folder.names("out")).some(isLeft));
  await delay(1000);
  const held = await drain(server, sender, folder);
  t.diagnostic(`${kills} kills, ${held.length} pairs held`);

  const filesOf = (pairs: readonly string[]): string[] => pairs.flatMap((base) => [`${base}.ctl`, `${base}.dat`]);
  const sent = bases.filter((base) => !held.includes(base));
  assert.deepEqual(await folder.names("sent"), filesOf(sent));
  assert.deepEqual(await folder.names("out"), filesOf(held));
  assert.deepEqual(await folder.names("failed"), []);
  assert.deepEqual(await folder.names("in"), []);
  assert.deepEqual(await folder.names("temp"), []);

  await using recipient = await testClient(server, practice);
  const delivered = new Map<string, MessageId>();
  for await (const messageId of recipient.listAll()) {
    const body = (await buffer((await recipient.download(messageId)).body)).toString();
    assert.ok(!delivered.has(body), `${body} was sent twice`);
    delivered.set(body, messageId);
  }
  for (const base of sent) {
    assert.equal((await folder.read("sent", `${base}.dat`)).toString(), `body of ${base}`);
    assert.equal((await folder.control("sent", `${base}.ctl`)).messageId, delivered.get(`body of ${base}`));
  }
  return held;
}

test("killed at any moment while sending, it sends every pair once and leaves each in one place", async (t) => {
  // Every third has a LocalId that tells nothing, as in GP Connect.
  const isShared = (base: string): boolean => Number(base.slice(-2)) % 3 === 0;
  const localIdOf = (base: string): string => (isShared(base) ? "Y90001" : base);
  const held = await sendWhileKilled(t, { localIdOf, commit: "single" });
  assert.ok(held.every(isShared), "only a LocalId that is not unique leaves a doubt");
});

test("killed at any moment while sending in two chunks, it is never in doubt, whatever the LocalId", async (t) => {
  assert.deepEqual(await sendWhileKilled(t, { localIdOf: () => "Y90001", commit: "two-chunk" }), []);
});

test("killed at any moment while sending from a disk of its own to another, it sends every pair once, whole", async (t) => {
  const held = await sendWhileKilled(t, { localIdOf: (base) => base, commit: "single", disks: ["out"] });
  assert.deepEqual(held, []);
});

test("killed at any moment while receiving, it hands over every message once and never half of one", async (t) => {
  await receiveWhileKilled(t, []);
});

test("killed at any moment while receiving to a disk of its own, it hands over every message once, whole", async (t) => {
  await receiveWhileKilled(t, ["in"]);
});

async function receiveWhileKilled(t: TestContext, disks: readonly FolderName[]): Promise<void> {
  const server = await startTestServer(t);
  const folder = await mailboxFolder(t, practice);
  if (disks.length > 0 && (await onAnotherDisk(t, folder.root, disks)) === undefined) return;
  const options = { client: await clientOptions(server, practice), folder: folder.root };
  await drain(server, practice, folder);
  await using from = await testClient(server, sender);
  const sent = new Map<string, string>();
  for (let count = 0; count < 40; count += 1) {
    const body = `message ${count} `.repeat(count * 100);
    const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from(`${body}end`) });
    sent.set(messageId, `${body}end`);
  }

  const taken = new Set<string>();
  /** What the owner of IN does: takes what has a control file, and the data with it. */
  async function take(): Promise<void> {
    for (const name of (await folder.names("in")).filter((name) => name.endsWith(".ctl"))) {
      const id = name.slice(0, -".ctl".length);
      assert.ok(!taken.has(id), `${id} was handed over twice`);
      taken.add(id);
      assert.equal((await folder.control("in", name)).messageId, id);
      assert.equal((await folder.read("in", `${id}.dat`)).toString(), sent.get(id));
      await rm(folder.path("in", `${id}.dat`));
      await rm(folder.path("in", name));
    }
  }

  const kills = await killUntil(t, options, async () => {
    await take();
    return taken.size >= 35;
  });
  await drain(server, practice, folder);
  await take();
  t.diagnostic(`${kills} kills`);
  assert.deepEqual([...taken].sort(), [...sent.keys()].sort());
  assert.deepEqual(await folder.names("in"), []);
  assert.deepEqual(await folder.names("temp"), []);
  await using client = await testClient(server, practice);
  assert.deepEqual((await client.list()).messageIds, []);
}
