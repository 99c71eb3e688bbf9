import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { buffer as readBody } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import {
  type ReachableServer,
  startTestServer,
  testAuthority,
  testClient,
  testMailboxes,
  testWorkflow,
} from "@restante/testbed";

import { type RewoundProcess, startRewoundProcess } from "./rewound-process.ts";

const { sender, pharmacy } = testMailboxes;
const ROUNDS = 12;

/** All that one can see of a server's state. */
interface Seen {
  listed: readonly MessageId[];
  ahead: unknown;
  faults: unknown;
}

interface Killed {
  process: RewoundProcess;
  from: MeshClient;
  to: MeshClient;
}

async function start(t: TestContext): Promise<Killed> {
  const first = await startTestServer(t, { config: { smallBodyBytes: 100 } });
  await first.close();
  const process = await startRewoundProcess(t, first.config);
  const server: ReachableServer = {
    get url() {
      return process.url;
    },
    config: first.config,
    authority: await testAuthority(),
    clock: undefined,
  };
  const [from, to] = [await testClient(server, sender), await testClient(server, pharmacy)];
  t.after(() => Promise.all([from[Symbol.asyncDispose](), to[Symbol.asyncDispose]()]));
  return { process, from, to };
}

async function see({ process, to }: Killed): Promise<Seen> {
  const listed: MessageId[] = [];
  for await (const messageId of to.listAll()) listed.push(messageId);
  // Each can be read to its end, also those in files.
  await Promise.all(listed.map(async (messageId) => readBody((await to.download(messageId)).body)));
  return { listed, ahead: await process.ask("ahead"), faults: await process.ask("faults") };
}

async function fill({ from }: Killed, messages: number): Promise<void> {
  for (let index = 0; index < messages; index += 1) {
    const body = Buffer.alloc(index % 2 === 0 ? 50 : 2000, "x");
    await from.send({ to: pharmacy, workflowId: testWorkflow, body });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Kills it somewhere between the asking and the time after which it was answered when nobody killed it. */
async function killDuring(process: RewoundProcess, takesMs: number, work: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  const ended = work.then(
    () => (isAnswered = true),
    () => false,
  );
  await delay(randomInt(0, Math.ceil(takesMs)));
  await process.kill();
  await ended;
  await process.start();
  return isAnswered;
}

test("killed at any moment of a restore or a wipe, a server starts with the old state or the new one, and never a mix", async (t) => {
  const server = await start(t);
  const { process } = server;
  const states: Record<string, Seen> = {};
  for (const [name, by, messages] of [
    ["a", "1d", 40],
    ["b", "2d", 25],
  ] as const) {
    await process.ask("wipe");
    await fill(server, messages);
    await process.ask("setFaults", name);
    await process.ask("advance", by);
    await process.ask("save", name);
    states[name] = await see(server);
  }
  await process.ask("restore", "a");
  const takesMs = await timed(() => process.ask("restore", "b"));
  let now = "b";
  let answered = 0;

  for (let round = 0; round < ROUNDS; round += 1) {
    const next = now === "a" ? "b" : "a";
    const isAnswered = await killDuring(process, takesMs, process.ask("restore", next));
    const seen = await see(server);
    const which = ["a", "b"].find((name) => seen.listed.length === states[name]!.listed.length);
    assert.ok(which !== undefined, `${seen.listed.length} messages`);
    assert.deepEqual(seen, states[which]);
    if (isAnswered) assert.equal(which, next, "what was answered has happened");
    answered += isAnswered ? 1 : 0;
    now = which;
  }

  await process.ask("restore", "a");
  const isWiped = await killDuring(process, 20, process.ask("wipe"));
  const { listed } = await see(server);
  assert.ok(isWiped ? listed.length === 0 : [0, 40].includes(listed.length), `${listed.length} messages`);
  await process.ask("restore", "b");
  assert.deepEqual(await see(server), states["b"]);
  t.diagnostic(`${answered} of ${ROUNDS} restores were answered before the kill`);
});

test("killed at any moment of a save, a server lists what it listed before or the new one, and each can be restored", async (t) => {
  const server = await start(t);
  const { process } = server;
  await fill(server, 10);
  await process.ask("save", "a");
  const takesMs = await timed(() => process.ask("save", "a"));
  let least = 10;
  let answered = 0;

  for (let round = 0; round < ROUNDS; round += 1) {
    await fill(server, 2);
    const { listed } = await see(server);
    const isAnswered = await killDuring(process, takesMs, process.ask("save", "a"));
    const { snapshots } = (await process.ask("listSnapshots")) as { snapshots: { name: string; messages: number }[] };
    assert.equal(snapshots.length, 1);
    const { messages } = snapshots[0]!;
    assert.ok(messages === listed.length || (messages === least && !isAnswered), `${messages} in the snapshot`);
    least = messages;
    answered += isAnswered ? 1 : 0;
    assert.deepEqual((await see(server)).listed, listed, "a save changes nothing");
  }

  await process.ask("restore", "a");
  assert.equal((await see(server)).listed.length, least);
  t.diagnostic(`${answered} of ${ROUNDS} saves were answered before the kill`);
});
