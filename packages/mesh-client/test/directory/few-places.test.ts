// Of the places that mailboxes share, others have all but the one that this one gets at once.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { createWorkers, type Workers } from "@restante/mesh-client/directory";
import { testMailboxes, waitFor } from "@restante/testbed";
import { hold, inTemp, type SideBySide, startSideBySide } from "./side-by-side.ts";

const { sender, practice } = testMailboxes;

interface FewPlaces extends SideBySide {
  /** Ends one of the downloads of others. */
  readonly free: () => void;
  readonly listings: () => number;
}

async function start(t: TestContext, orderWaitMs: number): Promise<FewPlaces> {
  const workers: Workers = createWorkers({ most: 4, mostOfOne: 4 });
  const others = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  for (const { promise } of others) void workers.run("OTHERS", async () => promise, { isDownload: true });
  const folder = await startSideBySide(t, { orderWaitMs, workers });
  const { client } = folder;
  let listings = 0;
  const listAll: typeof client.listAll = (options) => {
    listings += 1;
    return client.listAll(options);
  };
  await folder.restart({ client: { ...client, listAll } });
  return Object.assign(folder, { free: () => others.pop()?.resolve(), listings: () => listings });
}

test("where downloads of others have every place, a poll ends in time, its pairs are sent, and the next waits no more", async (t) => {
  const folder = await start(t, 1000);
  const ids = await folder.send(3);
  hold(folder, ids[1]);
  await folder.drop("A", { from: practice, to: sender });
  const { received, sent, error } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent, error }, { received: 1, sent: 1, error: undefined });
  assert.deepEqual([...folder.fetching], [ids[1]], "the one place that it has");

  await folder.send(2);
  await folder.drop("B", { from: practice, to: sender });
  const begunAt = performance.now();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.ok(performance.now() - begunAt < 1000);
});

test("where the one place of a mailbox is taken before its poll, that ends in time too", async (t) => {
  const folder = await start(t, 300);
  const [only] = await folder.send(1);
  hold(folder, only);
  assert.equal((await folder.directory.pollOnce()).received, 0);
  await folder.send(2);
  await folder.drop("A", { from: practice, to: sender });
  assert.equal((await folder.directory.pollOnce()).sent, 1);
});

test("what found no place is received in the order of the listing as places come free, and until then nothing is asked for", async (t) => {
  const folder = await start(t, 2000);
  const ids = await folder.send(9);
  const release = hold(folder, ids[0]);
  const releaseNext = hold(folder, ids[1]);
  folder.directory.start();
  await folder.events.next("poll-succeeded");
  await delay(300);
  assert.deepEqual([folder.listings(), folder.saved()], [1, []]);

  folder.free();
  await waitFor(() => folder.fetching.has(ids[1]!));
  await waitFor(() => folder.listings() >= 2);
  folder.free();
  await inTemp(folder, 4, 0);
  assert.deepEqual(folder.saved(), [], "what is behind it waits for it as ever");
  releaseNext();
  await waitFor(() => folder.acknowledged.length === 8);
  assert.deepEqual(folder.saved(), ids.slice(1));
  assert.deepEqual(folder.events.of("message-overtaken"), []);
  release();
  await waitFor(async () => (await folder.client.list()).messageIds.length === 0);
  assert.deepEqual(folder.saved(), [...ids.slice(1), ids[0]]);
  assert.ok(folder.listings() < 20);
});

test("a client that ends while messages wait for a place asks for it no more", async (t) => {
  const folder = await start(t, 50);
  const ids = await folder.send(3);
  hold(folder, ids[0]);
  assert.equal((await folder.directory.pollOnce()).received, 0);
  await folder.directory[Symbol.asyncDispose]();
  assert.deepEqual([...folder.fetching], []);
  for (let freed = 0; freed < 3; freed += 1) folder.free();
  await new Promise(setImmediate);
  assert.deepEqual([...folder.fetching], []);
  folder.gates.clear();
  await folder.restart({ orderWaitMs: 60_000 });
  assert.equal((await folder.directory.pollOnce()).received, 3);
  assert.deepEqual(folder.saved(), ids);
});
