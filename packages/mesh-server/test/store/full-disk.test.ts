import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { DurableError } from "@restante/durable";
import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import { startTestServer, testClient, testMailboxes, testRequest, testToken, testWorkflow } from "@restante/testbed";

import { filler, smallDisk } from "./small-disk.ts";

const { sender, pharmacy } = testMailboxes;
const MEGABYTE = 1024 * 1024;

const isUnavailable = (error: unknown): boolean =>
  error instanceof MeshClientError && error.status === 503 && error.retry === "safe";

test("on a disk that another program keeps full, recipients list, read and acknowledge all there is; what is new is refused until there is room", async (t) => {
  const disk = smallDisk(t, 64);
  if (disk === undefined) return;
  const server = await startTestServer(t, {
    config: { dataFolder: join(disk, "server"), reserveBytes: 16 * MEGABYTE },
  });
  await using client = await testClient(server, sender, { retries: { attempts: 1 } });
  await using receiver = await testClient(server, pharmacy, { retries: { attempts: 1 } });
  const send = async (bytes: number): Promise<MessageId> =>
    (await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(bytes, 1) })).messageId;
  const accepted: MessageId[] = [];
  for (let each = 0; each < 200; each += 1) accepted.push(await send(each % 20 === 0 ? 100_000 : 5000));

  const other = filler(t, disk);
  await assert.rejects(async () => {
    for (;;) accepted.push(await send(5000));
  }, isUnavailable);
  const told = await server.events.next("disk-full");
  assert.deepEqual([told.folder, told.times], [server.config.dataFolder, 1]);

  // 200 and more acknowledgements, and thousands of polls, each with a token to be recorded.
  for (let poll = 0; poll < 1500; poll += 1) await receiver.list({ maxResults: 10 });
  assert.deepEqual((await receiver.list({ maxResults: 5000 })).messageIds.slice(0, 200), accepted.slice(0, 200));
  await assert.rejects(send(10), isUnavailable);
  await assert.rejects(send(100_000), isUnavailable);
  for (const messageId of accepted) {
    for await (const _ of (await receiver.download(messageId)).body as AsyncIterable<Buffer>);
    await receiver.acknowledge(messageId);
  }
  assert.deepEqual((await receiver.list()).messageIds, []);
  assert.deepEqual(server.events.of("server-failed"), []);
  assert.ok(server.events.of("disk-full").length < 3, "told once, then at growing intervals");

  // Started anew: refused as what it is where there is not even room to open it; with a little, it serves who collects.
  await server.close();
  other.pause();
  await assert.rejects(server.restart(), (error) => error instanceof DurableError && error.code === "disk-full");
  other.free(200_000);
  await server.restart();
  assert.equal((await client.track(accepted[0]!)).status, "acknowledged");
  await assert.rejects(send(10), isUnavailable);

  other.stop();
  await server.events.next("disk-has-room");
  const after = await send(100_000);
  assert.deepEqual((await receiver.list()).messageIds, [after]);
  assert.equal(statSync(join(server.config.dataFolder, "store.reserve")).size, 16 * MEGABYTE);
});

test("a token that was used on a full disk stays used, also after a restart", async (t) => {
  const disk = smallDisk(t, 40);
  if (disk === undefined) return;
  const server = await startTestServer(t, { config: { dataFolder: join(disk, "server"), reserveBytes: 8 * MEGABYTE } });
  await using client = await testClient(server, sender, { retries: { attempts: 1 } });
  const other = filler(t, disk);
  await assert.rejects(async () => {
    for (;;) await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(5000) });
  }, isUnavailable);
  const path = `/messageexchange/${pharmacy}/inbox`;
  const tokens = Array.from({ length: 20 }, () => testToken(server, pharmacy));
  for (const authorization of tokens) {
    assert.equal((await testRequest(server, pharmacy, { path, headers: { authorization } })).status, 200);
  }
  await server.close();
  other.pause();
  other.free(200_000);
  await server.restart();
  for (const authorization of tokens) {
    assert.equal((await testRequest(server, pharmacy, { path, headers: { authorization } })).status, 403);
  }
});

test("one body that is too large for what is left is refused and told; small messages still go, and the end is told when it would fit", async (t) => {
  const disk = smallDisk(t, 24);
  if (disk === undefined) return;
  const server = await startTestServer(t, { config: { dataFolder: join(disk, "server"), reserveBytes: MEGABYTE } });
  await using client = await testClient(server, sender, { retries: { attempts: 1 } });
  await assert.rejects(
    client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(60 * MEGABYTE) }),
    isUnavailable,
  );
  await server.events.next("disk-full");
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(100_000) });
  assert.deepEqual(server.events.of("disk-has-room"), []);
  execFileSync("mount", ["-o", "remount,size=120m", disk]);
  await server.events.next("disk-has-room");
});

test("a disk that is filled to its last byte while the server is off does not keep recipients from collecting: the reserve is enough to start", async (t) => {
  const disk = smallDisk(t, 48);
  if (disk === undefined) return;
  const server = await startTestServer(t, {
    config: { dataFolder: join(disk, "server"), reserveBytes: 16 * MEGABYTE },
  });
  await using client = await testClient(server, sender, { retries: { attempts: 1 } });
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(5000) });
  await server.close();
  const other = filler(t, disk);
  other.pause();
  await server.restart();
  await server.events.next("disk-full");
  await using receiver = await testClient(server, pharmacy, { retries: { attempts: 1 } });
  assert.deepEqual((await receiver.list()).messageIds, [messageId]);
  await receiver.acknowledge(messageId);
  assert.deepEqual((await receiver.list()).messageIds, []);
  await assert.rejects(client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.alloc(10) }), isUnavailable);
});

test("a reserve that cannot be made for another reason than room is told as that, and not as a full disk", async (t) => {
  const server = await startTestServer(t, { config: { reserveBytes: MEGABYTE } });
  await server.close();
  const reserve = join(server.config.dataFolder, "store.reserve");
  rmSync(reserve);
  mkdirSync(reserve);
  await assert.rejects(server.restart(), (error) => {
    assert.ok(error instanceof DurableError);
    assert.equal(error.message, `${reserve}: it is no file: move it away`);
    return true;
  });
  assert.deepEqual(server.events.of("disk-full"), []);
});
