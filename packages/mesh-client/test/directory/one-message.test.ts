import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { type MessageId, parseMessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError, type MeshClientErrorCode } from "@restante/mesh-client";
import { type DirectoryClientOptions, pairName } from "@restante/mesh-client/directory";
import {
  settableClock,
  type SettableClock,
  startTestServer,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const minute = 60_000;

function failure(code: MeshClientErrorCode, retry: "safe" | "ambiguous" | "never" = "safe"): MeshClientError {
  return new MeshClientError(code, `It failed (${code}).`, { retry });
}

interface Failing extends TestDirectory {
  readonly clock: SettableClock;
  readonly server: TestServer;
  readonly from: MeshClient;
  /** How each message fails to be fetched, by its id. */
  readonly failing: Map<string, MeshClientErrorCode | "cut">;
  /** The ids that were fetched, in order. */
  readonly fetched: string[];
  readonly send: (count: number) => Promise<MessageId[]>;
}

/** A directory client of a mailbox some of whose messages cannot be fetched. */
async function start(t: TestContext, overrides: Partial<MeshClient> = {}): Promise<Failing> {
  const server = await startTestServer(t);
  const clock = settableClock();
  const from = await testClient(server, sender);
  t.after(async () => from[Symbol.asyncDispose]());
  const real = await testClient(server, practice);
  const failing = new Map<string, MeshClientErrorCode | "cut">();
  const fetched: string[] = [];
  const download: MeshClient["download"] = async (messageId, options) => {
    fetched.push(messageId);
    const how = failing.get(messageId);
    if (how !== undefined && how !== "cut") throw failure(how);
    const message = await real.download(messageId, options);
    if (how === undefined) return message;
    message.body.destroy();
    const cut = Readable.from(
      (async function* () {
        yield Buffer.from("half");
        throw failure("answer-lost");
      })(),
    );
    return { ...message, body: cut };
  };
  const folder = await startDirectory(t, server, practice, { client: { ...real, download, ...overrides }, clock });
  return Object.assign(folder, {
    clock,
    server,
    from,
    failing,
    fetched,
    send: async (count: number) => {
      const ids: MessageId[] = [];
      for (let sent = 0; sent < count; sent += 1) {
        ids.push((await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from(`${sent}`) })).messageId);
      }
      return ids;
    },
  });
}

const dataOf = (ids: readonly string[]): string[] => ids.flatMap((id) => [`${id}.ctl`, `${id}.dat`]).sort();

test("messages that fail at the head of a mailbox, however many and however, do not hold up those behind them", async (t) => {
  const folder = await start(t);
  const ids = await folder.send(12);
  const bad = ids.slice(0, 10);
  const ways = ["server-failed", "cut", "timed-out", "unavailable", "too-large"] as const;
  for (const [index, id] of bad.entries()) folder.failing.set(id, ways[index % ways.length]!);
  const result = await folder.directory.pollOnce();
  assert.equal(result.received, 2);
  assert.deepEqual(await folder.names("in"), dataOf(ids.slice(10)));
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual((await folder.client.list()).messageIds, bad, "none is acknowledged that was not handed over");
  assert.equal(result.error?.code, "server-failed", "the first of them is in the result");
  assert.equal(folder.events.of("poll-failed").length, 0, "the poll itself did not fail");
  assert.equal(folder.events.of("poll-succeeded").length, 1);
  assert.deepEqual(new Set(folder.events.of("message-waiting").map(({ messageId }) => messageId)), new Set(bad));
});

test("a mailbox with more failing messages at its head than a page has does not starve what is behind", async (t) => {
  const failing = Array.from({ length: 600 }, (_, index) =>
    parseMessageId(`202601011200000${String(index).padStart(5, "0")}_ABCDEF`),
  );
  let good: MessageId[] = [];
  const listAll: MeshClient["listAll"] = async function* () {
    yield* failing;
    yield* good;
  };
  const folder = await start(t, { listAll });
  for (const id of failing) folder.failing.set(id, "server-failed");
  good = await folder.send(1);
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.equal(folder.fetched.length, 601);
  good = await folder.send(1);
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.equal(folder.fetched.length, 602, "those that failed are not asked for at each poll");
});

test("a message that failed is tried again after a growing wait, told once and then with its count, and comes when it can", async (t) => {
  const folder = await start(t);
  const [bad] = await folder.send(1);
  folder.failing.set(bad!, "server-failed");
  const triesAfter: number[] = [];
  for (let at = 0; at < 24 * 60; at += 1) {
    const before = folder.fetched.length;
    await folder.directory.pollOnce();
    if (folder.fetched.length > before) triesAfter.push(at);
    folder.clock.advance(minute);
  }
  assert.deepEqual(triesAfter, [0, 1, 6, 21, 81, 261, 621, 981, 1341]);
  const told = folder.events.of("message-waiting");
  assert.deepEqual(
    told.map(({ times }) => times),
    [1, 2, 3, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(
    new Set(told.map(({ messageId, code }) => `${messageId} ${code}`)),
    new Set([`${bad} server-failed`]),
  );

  folder.failing.clear();
  folder.clock.advance(6 * 60 * minute);
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("a message that could not be fetched and is gone from the mailbox is told to be gone", async (t) => {
  const folder = await start(t);
  const [bad] = await folder.send(1);
  folder.failing.set(bad!, "cut");
  await folder.directory.pollOnce();
  await using other = await testClient(folder.server, practice);
  await other.acknowledge(bad!);
  await folder.directory.pollOnce();
  const gone = folder.events.of("message-gone");
  assert.deepEqual(
    gone.map(({ messageId, times }) => ({ messageId, times })),
    [{ messageId: bad, times: 1 }],
  );
  await folder.directory.pollOnce();
  assert.equal(folder.events.of("message-gone").length, 1);
});

for (const code of ["unreachable", "unauthorised", "server-certificate", "client-certificate"] as const) {
  test(`trouble with the way to the server (${code}) ends a poll at once, and no message is blamed for it`, async (t) => {
    const folder = await start(t);
    const ids = await folder.send(4);
    for (const id of ids) folder.failing.set(id, code);
    assert.equal((await folder.directory.pollOnce()).error?.code, code);
    assert.equal(folder.fetched.length, 1);
    assert.equal(folder.events.of("message-waiting").length, 0);
    folder.failing.clear();
    assert.equal((await folder.directory.pollOnce()).received, 4, "and at the next poll nothing waits for it");
  });
}

test("a server that answers nothing any more is asked three times and not once for each message", async (t) => {
  let isDown = false;
  const handshake: MeshClient["handshake"] = async () => {
    if (isDown) throw failure("timed-out");
  };
  const folder = await start(t, { handshake });
  const ids = await folder.send(8);
  await folder.directory.pollOnce();
  const more = await folder.send(8);
  isDown = true;
  for (const id of [...ids, ...more]) folder.failing.set(id, "timed-out");
  // As after trouble-free polls: the server is not greeted first.
  folder.fetched.length = 0;
  assert.equal((await folder.directory.pollOnce()).error?.code, "timed-out");
  assert.equal(folder.fetched.length, 3);
});

test("a poll that has lost too much time on failures lets the pairs have their turn, and the next begins at once", async (t) => {
  const folder = await start(t);
  const ids = await folder.send(3);
  for (const id of ids.slice(0, 2)) folder.failing.set(id, "server-failed");
  // Each fetch takes three minutes by the clock that measures.
  const real = performance.now.bind(performance);
  t.mock.method(performance, "now", () => real() + folder.fetched.length * 3 * minute);
  await folder.restart({ pollIntervalMs: 24 * 60 * minute });
  await folder.drop("A", { from: practice, to: sender });
  const { received, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent, fetched: folder.fetched.length }, { received: 0, sent: 1, fetched: 1 });
  folder.directory.start();
  await folder.events.next("message-saved", ({ messageId }) => messageId === ids[2], { timeoutMs: 60 * minute });
  assert.deepEqual(folder.fetched, ids, "each was tried once");
});

/** A directory client for sending, whose sends of some data fail. */
async function startSender(
  t: TestContext,
  isFailing: (fileName: string) => MeshClientError | undefined,
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<TestDirectory & { readonly tried: string[] }> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const tried: string[] = [];
  const send: MeshClient["send"] = async (message, options) => {
    tried.push(message.fileName ?? "");
    const error = isFailing(message.fileName ?? "");
    if (error !== undefined) throw error;
    return real.send(message, options);
  };
  const folder = await startDirectory(t, server, sender, { client: { ...real, send }, ...overrides });
  return { ...folder, tried };
}

test("a pair that the server fails on does not hold up the pairs behind it, however many fail", async (t) => {
  const isFailing = (name: string): MeshClientError | undefined =>
    name.startsWith("BAD") ? failure("server-failed") : undefined;
  const folder = await startSender(t, isFailing, { waitForEarlierMs: 0 });
  for (let count = 0; count < 8; count += 1) await folder.drop(`BAD-${count}`, { localId: `L${count}` });
  await folder.drop("GOOD", { localId: "L" });
  const result = await folder.directory.pollOnce();
  assert.deepEqual(
    { sent: result.sent, waiting: result.waiting, failed: result.failed },
    { sent: 1, waiting: 8, failed: 0 },
  );
  assert.equal(result.error?.code, "server-failed");
  assert.equal(folder.events.of("poll-failed").length, 0);
  assert.equal(folder.events.of("pair-waiting").length, 8);
});

test("ten pairs in a row that fail end the sending of a poll, and the next begins with those behind them", async (t) => {
  const isFailing = (name: string): MeshClientError | undefined =>
    name.startsWith("BAD") ? failure("server-failed", "ambiguous") : undefined;
  const folder = await startSender(t, isFailing, { waitForEarlierMs: 0 });
  for (let count = 0; count < 25; count += 1) {
    await folder.drop(`BAD-${String(count).padStart(2, "0")}`, { localId: `L${count}` });
  }
  await folder.drop("GOOD", { localId: "L" });
  await folder.directory.pollOnce();
  assert.equal(folder.tried.length, 10);
  await folder.directory.pollOnce();
  assert.equal(folder.tried.length, 20);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(folder.tried[25], "GOOD.dat");
});

test("a pair that waits is told at once, then with its count at growing intervals", async (t) => {
  const clock = settableClock();
  const folder = await startSender(t, () => failure("unavailable"), { clock });
  await folder.drop("A", { localId: "L" });
  for (let at = 0; at <= 40; at += 1) {
    await folder.directory.pollOnce();
    clock.advance(minute);
  }
  assert.deepEqual(
    folder.events.of("pair-waiting").map(({ pair, code, reason, times }) => ({ pair, code, reason, times })),
    [1, 2, 7, 37].map((times) => ({
      pair: pairName("A"),
      code: "unavailable",
      reason: "It failed (unavailable).",
      times,
    })),
  );
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"], "and it waits for as long as it takes");
  assert.deepEqual(await folder.names("failed"), []);
});

test("a pair held for a person is told of again at growing intervals, for as long as it is there", async (t) => {
  const clock = settableClock();
  const folder = await startSender(t, () => failure("answer-lost", "ambiguous"), { clock });
  await folder.drop("A");
  for (let at = 0; at <= 10; at += 1) {
    await folder.directory.pollOnce();
    clock.advance(minute);
  }
  const told = folder.events.of("pair-ambiguous").map(({ times }) => times);
  assert.deepEqual(told, [1, 2, 7]);
  for (const name of await folder.names("out")) await rm(folder.path("out", name));
  clock.advance(60 * minute);
  await folder.directory.pollOnce();
  assert.equal(folder.events.of("pair-ambiguous").length, 3);
});
