import assert from "node:assert/strict";
import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { writeControlFile } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { type DirectoryClientOptions, pairName } from "@restante/mesh-client/directory";
import {
  settableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  type TestServer,
  waitFor,
} from "@restante/testbed";
import { createLanes } from "../../src/directory/lanes.ts";
import { createOutFolder } from "../../src/directory/out-folder.ts";
import { outControl, startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice, pharmacy } = testMailboxes;
const minute = 60_000;

interface Sender extends TestDirectory {
  readonly server: TestServer;
  /** The pairs of which a send began, by name, in that order. */
  readonly tried: string[];
  /** Drops a pair whose control file is so many seconds old. */
  readonly dropOld: (base: string, seconds: number, to?: string) => Promise<void>;
}

/** A directory client of which each send may first wait for something, or fail, or both. */
async function start(
  t: TestContext,
  before: (base: string) => Promise<void> | undefined,
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<Sender> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const tried: string[] = [];
  const send: MeshClient["send"] = async (message, options) => {
    const base = (message.fileName ?? "").replace(".dat", "");
    tried.push(base);
    await before(base);
    return real.send(message, options);
  };
  const folder = await startDirectory(t, server, sender, { client: { ...real, send }, ...overrides });
  async function dropOld(base: string, seconds: number, to: string = practice): Promise<void> {
    await folder.drop(base, { to, localId: base });
    const at = Math.floor(Date.now() / 1000) - seconds;
    await utimes(folder.path("out", `${base}.ctl`), at, at);
  }
  return Object.assign(folder, { server, tried, dropOld });
}

const unavailable = new MeshClientError("unavailable", "The server is busy.", { retry: "safe" });
const lost = new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });

test("pairs to one addressee start in the order of their control files, one in flight; others side by side", async (t) => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  let isOver = false;
  // First of all that ends: a send that is under way is waited for.
  t.after(() => {
    isOver = true;
    for (const gate of gates.values()) gate.resolve();
  });
  const folder = await start(t, async (base) => {
    const gate = Promise.withResolvers<void>();
    gates.set(base, gate);
    if (!isOver) await gate.promise;
  });
  await folder.dropOld("C-first", 30);
  await folder.dropOld("B-second", 20, practice.toLowerCase());
  await folder.dropOld("A-third", 10);
  await folder.dropOld("other", 5, pharmacy);
  const polled = folder.directory.pollOnce();
  const finish = async (base: string): Promise<void> => {
    await waitFor(async () => gates.has(base));
    gates.get(base)?.resolve();
  };
  await waitFor(async () => folder.tried.length === 2);
  assert.deepEqual(folder.tried.toSorted(), ["C-first", "other"]);
  await finish("C-first");
  await finish("B-second");
  await finish("A-third");
  await waitFor(async () => (await folder.names("sent")).length === 6);
  await finish("other");
  assert.equal((await polled).sent, 4);
  assert.deepEqual(
    folder.tried.filter((base) => base !== "other"),
    ["C-first", "B-second", "A-third"],
  );
  assert.deepEqual(folder.events.of("pair-overtaken"), []);
});

test("the next waits 10 minutes for one that is being retried, a restart or not; each overtaking is told once", async (t) => {
  const clock = settableClock();
  const failing = new Set(["A"]);
  const folder = await start(t, (base) => (failing.has(base) ? Promise.reject(unavailable) : undefined), { clock });
  await folder.dropOld("A", 40);
  await folder.dropOld("B", 30);
  await folder.dropOld("elsewhere", 20, pharmacy);
  const first = await folder.directory.pollOnce();
  assert.deepEqual({ sent: first.sent, waiting: first.waiting }, { sent: 1, waiting: 2 });
  clock.advance(9 * minute);
  await folder.restart();
  await folder.directory.pollOnce();
  assert.deepEqual(folder.tried.toSorted(), ["A", "A", "elsewhere"]);
  assert.deepEqual(folder.events.of("pair-overtaken"), []);

  clock.advance(2 * minute);
  failing.add("B");
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  failing.delete("B");
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  await folder.dropOld("C", 10);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  const told = folder.events.of("pair-overtaken").map(({ pair, by, pairs, reason }) => ({ pair, by, pairs, reason }));
  const overtaken = { pair: pairName("A"), pairs: 1, reason: "it is being retried for too long" };
  assert.deepEqual(told, [
    { ...overtaken, by: pairName("B") },
    { ...overtaken, by: pairName("C") },
  ]);
  failing.clear();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
});

test("a clock that is put back does not make the next wait for ever", async (t) => {
  const clock = settableClock();
  const folder = await start(t, (base) => (base === "A" ? Promise.reject(unavailable) : undefined), {
    clock,
    waitForEarlierMs: 200,
  });
  await folder.dropOld("A", 40);
  await folder.dropOld("B", 30);
  await folder.directory.pollOnce();
  clock.advance(-365 * 24 * 60 * minute);
  await waitFor(async () => (await folder.directory.pollOnce()).sent === 1);
});

test("one that is held, or incomplete, is passed at once and told; one that fails is not overtaken", async (t) => {
  const folder = await start(t, (base) => (base === "held" ? Promise.reject(lost) : undefined));
  await folder.drop("held");
  await utimes(folder.path("out", "held.ctl"), 1000, 1000);
  await folder.dropOld("behind", 30);
  assert.equal((await folder.directory.pollOnce()).sent, 0, "it is not known yet what became of the first");
  const { sent, held } = await folder.directory.pollOnce();
  assert.deepEqual({ sent, held: held.map(({ baseName }) => baseName) }, { sent: 1, held: ["held"] });

  await writeFile(folder.path("out", "half.ctl"), writeControlFile(outControl(sender)));
  await utimes(folder.path("out", "half.ctl"), 2000, 2000);
  await folder.drop("wrong", { to: practice, messageType: "Report" });
  await utimes(folder.path("out", "wrong.ctl"), 3000, 3000);
  await folder.dropOld("last", 20);
  const after = await folder.directory.pollOnce();
  assert.deepEqual({ sent: after.sent, failed: after.failed }, { sent: 1, failed: 1 });
  const told = folder.events.of("pair-overtaken").map(({ pair, by, pairs, reason }) => ({ pair, by, pairs, reason }));
  assert.deepEqual(told, [
    { pair: pairName("held"), by: pairName("behind"), pairs: 1, reason: "it is held" },
    { pair: pairName("held"), by: pairName("last"), pairs: 2, reason: "it is held" },
  ]);
  assert.ok(!JSON.stringify(folder.events.all).includes("behind"), "no name of a file is told");
});

test("a pair that MESH has accepted is never sent again because its files cannot be moved, and is waited for by none", async (t) => {
  let isBroken = false;
  const folder = await start(t, () => undefined);
  const temp = folder.path("temp");
  const server = folder.server;
  const real = await testClient(server, sender);
  const send: MeshClient["send"] = async (message, options) => {
    folder.tried.push(message.fileName ?? "");
    const sent = await real.send(message, options);
    if (!isBroken) await rename(temp, `${temp}-away`);
    isBroken = true;
    return sent;
  };
  await folder.restart({ client: { ...real, send } });
  await folder.drop("A", { localId: "A", compress: false });
  const first = await folder.directory.pollOnce();
  assert.deepEqual({ sent: first.sent, waiting: first.waiting }, { sent: 0, waiting: 1 });
  await rm(temp, { recursive: true, force: true });
  await rename(`${temp}-away`, temp);
  await folder.dropOld("B", 0);
  assert.equal((await folder.directory.pollOnce()).sent, 2);
  assert.deepEqual(folder.tried, ["A.dat", "B.dat"]);
  assert.deepEqual(folder.events.of("pair-overtaken"), []);
  await real[Symbol.asyncDispose]();
});

test("while the way to the server is down, no lane starts another pair, and each is tried at the next poll", async (t) => {
  let isDown = true;
  const unreachable = new MeshClientError("unreachable", "The server cannot be reached.", { retry: "safe" });
  const folder = await start(t, () => (isDown ? Promise.reject(unreachable) : undefined));
  for (let count = 0; count < 20; count += 1) {
    await folder.dropOld(`P${count}`, 60 - count, count % 2 === 0 ? practice : pharmacy);
  }
  await folder.directory.pollOnce();
  assert.deepEqual(folder.tried.toSorted(), ["P0", "P1"], "those that were in flight when it was found out");
  const [failed, ...others] = folder.events.of("poll-failed");
  assert.deepEqual(others, []);
  assert.match(failed?.remedy ?? "", /\.$/, "and what can be done about it");
  isDown = false;
  assert.equal((await folder.directory.pollOnce()).sent, 20);
  assert.deepEqual(folder.events.of("pair-overtaken"), []);
});

test("of two pairs that would have one name in FAILED, side by side, neither is written over", async (t) => {
  const folder = await start(t, () => undefined);
  await folder.drop("bad\u0001", { to: practice }, "the first");
  await folder.drop("bad\u0002", { to: pharmacy }, "the second");
  assert.equal((await folder.directory.pollOnce()).failed, 2);
  const data = (await folder.names("failed")).filter((name) => name.endsWith(".dat"));
  const bodies = await Promise.all(data.map(async (name) => (await folder.read("failed", name)).toString()));
  assert.deepEqual(bodies.sort(), ["the first", "the second"]);
});

test("an addressee is compared as MESH compares mailbox ids, and a routing address is one of its own", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(folder, { recursive: true });
  const routed = "GPPROVIDER_9000000009_19700101_SMITH";
  const addressees = [practice, practice.toLowerCase(), `${practice} `, routed, routed.toLowerCase(), pharmacy];
  for (const [index, to] of addressees.entries()) {
    await writeFile(join(folder, `${index}.ctl`), writeControlFile(outControl(sender, { to })));
    await utimes(join(folder, `${index}.ctl`), 1000 + index, 1000 + index);
  }
  await writeFile(join(folder, "unreadable.ctl"), "<DTSControl>");
  await writeFile(join(folder, "alone.dat"), "");
  const sightings = await createOutFolder(folder, 0).look();
  const lanes = await createLanes(folder, { waitForEarlierMs: 0, now: () => 0 }).arrange(sightings);
  assert.deepEqual(lanes.map((lane) => lane.map(({ base }) => base).join()).sort(), [
    "0,1,2",
    "3,4",
    "5",
    "alone",
    "unreadable",
  ]);
});
