import assert from "node:assert/strict";
import fs from "node:fs";
import { rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { Readable } from "node:stream";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { MessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { createWorkers, type DirectoryClientOptions } from "@restante/mesh-client/directory";
import { settableClock, testMailboxes, waitFor } from "@restante/testbed";
import { hold, inTemp, startSideBySide } from "./side-by-side.ts";

const { sender, practice } = testMailboxes;

test("messages are fetched side by side, and come to IN in the order of the listing", async (t) => {
  const folder = await startSideBySide(t);
  const ids = await folder.send(20);
  // Begun first, the first is whole last.
  const release = hold(folder, ids[1]);
  const polling = folder.directory.pollOnce();
  await inTemp(folder, 18);
  assert.ok(folder.most() > 1, "the first answer lets the others begin");
  assert.ok(folder.most() <= 6);
  assert.deepEqual(folder.saved(), ids.slice(0, 1), "what is behind it waits in TEMP");
  assert.deepEqual(folder.acknowledged, ids.slice(0, 1), "and is not acknowledged before it is in IN");
  release();
  assert.equal((await polling).received, 20);
  assert.deepEqual(folder.saved(), ids);
  assert.equal(folder.events.of("message-overtaken").length, 0);
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("what comes to IN at the same time shares its syncs", async (t) => {
  const folder = await startSideBySide(t);
  const ids = await folder.send(20);
  const release = hold(folder, ids[1]);
  const polling = folder.directory.pollOnce();
  await inTemp(folder, 18);
  const real = fs.promises.open;
  const opened: string[] = [];
  t.mock.method(fs.promises, "open", async (...words: Parameters<typeof real>) => {
    opened.push(String(words[0]));
    return real(...words);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  release();
  await polling;
  assert.equal(
    opened.filter((path) => path === folder.path("in").replace(/\/$/, "")).length,
    2,
    "one for each .dat and .ctl",
  );
});

test("a message that hangs is passed after the set time, which is told once, and holds up neither pairs nor the next poll", async (t) => {
  const folder = await startSideBySide(t, { orderWaitMs: 1000 });
  const ids = await folder.send(5);
  const release = hold(folder, ids[1]);
  await folder.drop("A", { from: practice, to: sender });
  const { received, sent, error } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent, error }, { received: 4, sent: 1, error: undefined });
  assert.deepEqual(folder.saved(), [ids[0], ...ids.slice(2)]);
  assert.deepEqual(folder.events.of("message-overtaken"), [
    { event: "message-overtaken", mailboxId: practice, messageId: ids[1], by: ids[2] },
  ]);
  const [sixth] = await folder.send(1);
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.equal(folder.saved().at(-1), sixth);
  assert.deepEqual([...folder.fetching], [ids[1]], "it is not fetched twice");

  // It has arrived: the next poll begins at once.
  folder.directory.start();
  await folder.events.next("poll-succeeded", () => folder.events.of("poll-succeeded").length === 3);
  release();
  await folder.events.next("message-cleared", ({ messageId }) => messageId === ids[1]);
  assert.equal(folder.events.of("message-overtaken").length, 1);
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("a poll does not wait for the last message of a mailbox for longer than others would", async (t) => {
  const folder = await startSideBySide(t, { orderWaitMs: 50 });
  const [only] = await folder.send(1);
  const release = hold(folder, only);
  assert.equal((await folder.directory.pollOnce()).received, 0);
  assert.equal(folder.events.of("message-overtaken").length, 0, "nothing has come before it");
  release();
  // Those that begin before it is whole do not wait for it either.
  await waitFor(async () => (await folder.directory.pollOnce()).received === 1);
});

test("a message that goes on for long is told, also where nothing is behind it, and counted as not fetched", async (t) => {
  const folder = await startSideBySide(t, { orderWaitMs: 20 });
  const [only] = await folder.send(1);
  const release = hold(folder, only);
  assert.equal((await folder.directory.pollOnce()).unfetched, 0, "it may be large");
  await waitFor(async () => {
    await folder.directory.pollOnce();
    return folder.events.of("message-waiting").length > 0;
  });
  assert.equal((await folder.directory.pollOnce()).unfetched, 1);
  const [told, ...others] = folder.events.of("message-waiting");
  assert.deepEqual([told?.messageId, told?.code, told?.times, others], [only, "slow", 1, []]);
  release();
  await waitFor(async () => (await folder.directory.pollOnce()).received === 1);
  assert.equal((await folder.directory.pollOnce()).unfetched, 0);
});

test("a message that failed, and goes on for long when it is tried again, is counted once", async (t) => {
  const clock = settableClock();
  const folder = await startSideBySide(t, { orderWaitMs: 20, clock });
  const [only] = await folder.send(1);
  const failing = Promise.withResolvers<void>();
  failing.promise.catch(() => undefined);
  failing.reject(new MeshClientError("unexpected-answer", "It is another message."));
  folder.gates.set(only ?? "", failing);
  const told = async (wanted: string): Promise<unknown> =>
    waitFor(async () => {
      await folder.directory.pollOnce();
      return folder.events.of("message-waiting").some(({ code }) => code === wanted);
    });
  await told("unexpected-answer");
  const release = hold(folder, only);
  clock.advance(60_000);
  await told("slow");
  assert.equal((await folder.directory.pollOnce()).unfetched, 1);
  release();
  await waitFor(async () => (await folder.directory.pollOnce()).received === 1);
  assert.equal((await folder.directory.pollOnce()).unfetched, 0);
});

test("where messages hang in every place there is, the poll goes on to the pairs, and the rest comes when one has ended", async (t) => {
  const folder = await startSideBySide(t, { orderWaitMs: 300 });
  const ids = await folder.send(9);
  const releases = ids.slice(0, 6).map((id) => hold(folder, id));
  await folder.drop("A", { from: practice, to: sender });
  const { received, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent, fetching: folder.fetching.size }, { received: 0, sent: 1, fetching: 6 });
  assert.equal((await folder.directory.pollOnce()).received, 0, "nor does the next wait");
  folder.directory.start();
  releases[3]?.();
  await waitFor(() => folder.acknowledged.length === 4);
  for (const release of releases) release();
  await waitFor(() => folder.acknowledged.length === 9);
  assert.deepEqual(folder.saved().toSorted(), ids.toSorted());
});

test("a place that comes free when the poll has given up on all of them leaves the rest to a poll at once, not to the next in its time", async (t) => {
  const folder = await startSideBySide(t, { orderWaitMs: 50 });
  const { client } = folder;
  const ids = await folder.send(30);
  const releases = ids.slice(0, 6).map((id) => hold(folder, id));
  let isFirst = true;
  // The listing goes on when every place is taken by what hangs: it is given up, which takes until one has arrived.
  const listAll: MeshClient["listAll"] = async function* (options) {
    try {
      yield* client.listAll(options);
    } finally {
      if (isFirst) {
        isFirst = false;
        for (const release of releases) release();
        await waitFor(() => folder.acknowledged.length === 6);
      }
    }
  };
  await folder.restart({ client: { ...folder.client, listAll } });
  folder.directory.start();
  await waitFor(() => folder.acknowledged.length === 30);
  assert.deepEqual(folder.saved().toSorted(), ids.toSorted());
});

test("a client that ends while messages are fetched, or wait for one before them, leaves nothing of them and loses none", async (t) => {
  const folder = await startSideBySide(t);
  const ids = await folder.send(4);
  hold(folder, ids[1]);
  const polling = folder.directory.pollOnce();
  await inTemp(folder, 2);
  await folder.directory[Symbol.asyncDispose]();
  assert.equal((await polling).error?.code, "aborted");
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual(folder.saved(), ids.slice(0, 1));
  folder.gates.clear();
  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).received, 3);
  assert.deepEqual(folder.saved(), ids);

  // Also where its poll is over already.
  await folder.restart({ orderWaitMs: 50 });
  const [last] = await folder.send(1);
  hold(folder, last);
  assert.equal((await folder.directory.pollOnce()).received, 0);
  await folder.directory[Symbol.asyncDispose]();
  assert.deepEqual(await folder.names("temp"), []);
});

test("a mailbox whose listing shows but a part of it is emptied in one poll, and what fails in it does not make that endless", async (t) => {
  const folder = await startSideBySide(t);
  const { client } = folder;
  let listings = 0;
  // As a server that knows no pages: the first ten, whatever is behind them.
  const listAll: MeshClient["listAll"] = async function* (options) {
    listings += 1;
    yield* (await client.list({ maxResults: 10, signal: options?.signal })).messageIds;
  };
  const failing = new Set<string>();
  const download: MeshClient["download"] = async (messageId, options) => {
    if (failing.has(messageId)) throw new MeshClientError("server-failed", "It failed.", { retry: "safe" });
    return client.download(messageId, options);
  };
  await folder.restart({ client: { ...client, listAll, download } });
  const ids = await folder.send(35);
  for (const id of ids.slice(0, 2)) failing.add(id);
  assert.equal((await folder.directory.pollOnce()).received, 33);
  assert.deepEqual(folder.saved(), ids.slice(2));
  assert.equal(listings, 6, "five that brought something, and one that did not");
  assert.deepEqual((await client.list()).messageIds, ids.slice(0, 2));
});

test("a file of a name in the way holds up its own message, and those that come to IN with it go on", async (t) => {
  const folder = await startSideBySide(t);
  const ids = await folder.send(6);
  await fs.promises.mkdir(folder.path("in", `${ids[2]}.dat`));
  const release = hold(folder, ids[1]);
  const polling = folder.directory.pollOnce();
  await inTemp(folder, 4);
  release();
  assert.equal((await polling).received, 5);
  const others = ids.filter((id) => id !== ids[2]);
  assert.deepEqual(folder.saved(), others);
  assert.deepEqual((await folder.client.list()).messageIds, [ids[2]], "it is not acknowledged");
  await rm(folder.path("in", `${ids[2]}.dat`), { recursive: true });
  await folder.directory.pollOnce();
  assert.deepEqual(folder.saved(), [...others, ids[2]]);
  assert.deepEqual((await folder.client.list()).messageIds, []);
});

test("however messages are held up and fail, each comes to IN once, those that do not fail in order, and every poll ends", async (t) => {
  await receiveAnyhow(t, {});
});

test("so it is where others take and leave the places meanwhile, but for the order of what they hold up for long", async (t) => {
  const workers = createWorkers({ most: 3, mostOfOne: 3 });
  const random = seeded(20261130);
  const ended = new AbortController();
  const others = Array.from({ length: 3 }, async () => {
    while (!ended.signal.aborted) await workers.run("OTHERS", async () => delay(random() * 300), { isDownload: true });
  });
  try {
    await receiveAnyhow(t, { workers, orderWaitMs: 50 });
  } finally {
    ended.abort();
    await Promise.all(others);
  }
});

async function receiveAnyhow(t: TestContext, overrides: Partial<DirectoryClientOptions>): Promise<void> {
  const clock = settableClock();
  const random = seeded(20261129);
  const failing = new Map<string, number>();
  const folder = await startSideBySide(t, { clock, ...overrides });
  const { client } = folder;
  const pause = async (): Promise<void> => delay(random() < 0.5 ? 0 : random() * 30);
  const fail = (id: string): void => {
    const left = failing.get(id) ?? 0;
    if (left === 0) return;
    failing.set(id, left - 1);
    throw new MeshClientError(random() < 0.5 ? "server-failed" : "answer-lost", "It failed.", { retry: "safe" });
  };
  const download: MeshClient["download"] = async (messageId, options) => {
    await pause();
    if (random() < 0.5) fail(messageId);
    const message = await client.download(messageId, options);
    const body = Readable.from(
      (async function* () {
        await pause();
        fail(messageId);
        yield* message.body;
      })(),
      { objectMode: false },
    );
    return { ...message, body: body.once("close", () => message.body.destroy()) };
  };
  const acknowledge: MeshClient["acknowledge"] = async (messageId, options) => {
    await pause();
    fail(messageId);
    await client.acknowledge(messageId, options);
  };
  await folder.restart({ client: { ...client, download, acknowledge } });
  const ids = await folder.send(40);
  const bad = ids.filter(() => random() < 0.3);
  for (const id of bad) failing.set(id, 1 + Math.floor(random() * 4));
  let received = 0;
  for (let polls = 0; polls < 200 && (polls === 0 || (await client.list()).messageIds.length > 0); polls += 1) {
    received += (await folder.directory.pollOnce()).received;
    clock.advance(6 * 3_600_000);
  }
  assert.deepEqual((await client.list()).messageIds, []);
  assert.deepEqual(folder.saved().toSorted(), ids.toSorted());
  assert.ok(received <= ids.length);
  assert.deepEqual(await folder.names("temp"), []);
  if (overrides.orderWaitMs !== undefined) return;
  assert.deepEqual(
    folder.saved().filter((id) => !bad.includes(id as MessageId)),
    ids.filter((id) => !bad.includes(id)),
  );
}

/** Numbers from 0 to 1, always the same: Lehmer's, with the multiplier of MINSTD. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
