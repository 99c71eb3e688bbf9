import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";

import { startServerProcess, testClient, testMailboxes, testRequest, testWorkflow, waitFor } from "@restante/testbed";

import { mostMemory } from "./most-memory.ts";

const { sender, pharmacy } = testMailboxes;
const MEGABYTE = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, "restante");

function stream(megabytes: number): Readable {
  return Readable.from(
    (function* pieces() {
      for (let piece = 0; piece < megabytes * 16; piece += 1) yield PIECE;
    })(),
  );
}

test("a large body streams through: memory does not grow with it, up or down", async (t) => {
  const server = await startServerProcess(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const transfer = async (megabytes: number): Promise<void> => {
    const { messageId } = await client.send({
      to: pharmacy,
      workflowId: testWorkflow,
      body: () => stream(megabytes),
    });
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of (await receiver.download(messageId)).body as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.length;
    }
    assert.equal(size, megabytes * MEGABYTE);
    const expected = createHash("sha256");
    for (let piece = 0; piece < megabytes * 16; piece += 1) expected.update(PIECE);
    assert.equal(hash.digest("hex"), expected.digest("hex"));
  };

  // Pools and buffers reach their size with the first large bodies, whatever comes after.
  for (let warming = 0; warming < 3; warming += 1) await transfer(20);
  const before = mostMemory(server);
  await transfer(90);
  const after = mostMemory(server);

  if (before === undefined || after === undefined) {
    t.diagnostic("memory not checked: this system has no /proc");
    return;
  }
  t.diagnostic(`most memory ${before.toFixed(0)} MB after bodies of 20 MB, ${after.toFixed(0)} MB after one of 90 MB`);
  assert.ok(after - before < 60, "90 MB went through far less memory");
});

test("an upload that breaks off leaves neither message nor file", async (t) => {
  const server = await startServerProcess(t);
  const bodies = (): Promise<string[]> => readdir(join(server.config.dataFolder, "bodies"));
  const broken = new Readable({ read: () => undefined });
  broken.push(Buffer.alloc(MEGABYTE));

  const sending = testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "content-length": 2 * MEGABYTE },
    body: broken,
  });
  await waitFor(async () => (await bodies()).length === 1, { what: "the file of the half body" });
  broken.destroy(new Error("the sender fell"));

  await assert.rejects(sending);
  await waitFor(async () => (await bodies()).length === 0, { what: "the file to go" });
  await using receiver = await testClient(server, pharmacy);
  assert.deepEqual((await receiver.list()).messageIds, []);
});

test("after a crash in the middle of an upload the next start leaves no file of it", async (t) => {
  const server = await startServerProcess(t);
  const bodies = (): Promise<string[]> => readdir(join(server.config.dataFolder, "bodies"));
  const endless = new Readable({ read: () => undefined });
  endless.push(Buffer.alloc(MEGABYTE));
  const sending = testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow },
    body: endless,
  }).catch(() => "lost");
  await waitFor(async () => (await bodies()).length === 1, { what: "the file of the half body" });

  await server.kill();
  assert.equal((await bodies()).length, 1);
  await server.start();

  assert.deepEqual(await bodies(), []);
  assert.equal(await sending, "lost");
});
