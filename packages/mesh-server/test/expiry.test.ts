import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import {
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const day = 24 * 60 * 60 * 1000;

test("a message not acknowledged in 5 days leaves the inbox, and its sender gets report 14, once", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });

  clock.advance(5 * day - 1000);
  assert.deepEqual((await receiver.list()).messageIds, [messageId]);
  clock.advance(2000);
  const { reportId, code } = await server.events.next("report-placed");

  assert.equal(code, "14");
  assert.deepEqual((await receiver.list()).messageIds, []);
  assert.deepEqual((await client.list()).messageIds, [reportId]);
  const { headers } = await client.download(reportId);
  assert.deepEqual(
    [headers.to, headers.statusEvent, headers.statusCode, headers.statusDescription, headers.linkedMessageId],
    [pharmacy, "SEND", "14", "Message not collected by recipient after 5 days", messageId],
  );
  assert.equal((await client.track(messageId)).status, "undeliverable");
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  assert.equal((await testRequest(server, pharmacy, { path })).status, 410);
});

test("a report that nobody collects causes no report", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });

  clock.advance(5 * day + 1000);
  await server.events.next("report-placed");
  clock.advance(5 * day + 1000);
  await waitFor(async () => (await client.list()).messageIds.length === 0);

  assert.equal(server.events.of("report-placed").length, 1);
});

test("30 days after it was sent a message is gone, with its body", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { smallBodyBytes: 1 } });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("large") });
  await receiver.acknowledge(messageId);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  const bodies = (): Promise<string[]> => readdir(join(server.config.dataFolder, "bodies"));

  clock.advance(30 * day - 1000);
  assert.equal((await testRequest(server, pharmacy, { path })).body.toString(), "large");
  assert.equal((await bodies()).length, 1);
  clock.advance(2000);

  await waitFor(async () => (await testRequest(server, pharmacy, { path })).status === 404);
  await waitFor(async () => (await bodies()).length === 0);
});

test("a message acknowledged in time causes no report", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  await receiver.acknowledge(messageId);

  clock.advance(31 * day);
  await waitFor(async () => (await receiver.track(messageId).catch(() => "gone")) === "gone");

  assert.deepEqual((await client.list()).messageIds, []);
  assert.deepEqual(server.events.of("report-placed"), []);
});

test("messages that are to be deleted at once share their syncs, a few each, so that requests wait for no more", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const count = 100;
  for (let each = 0; each < count; each += 1) {
    const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
    await receiver.acknowledge(messageId);
  }
  const tasks = t.mock.method(Worker.prototype, "postMessage").mock;
  const groups = (): number[] =>
    tasks.calls
      .map(({ arguments: [task] }) => (task as { group?: { kind: string }[] }).group ?? [])
      .map((group) => group.filter(({ kind }) => kind === "remove").length)
      .filter((removed) => removed > 0);

  clock.advance(31 * day);
  await waitFor(() => groups().reduce((sum, removed) => sum + removed, 0) === count);

  assert.ok(groups().length <= count / 4, `${groups().length} syncs`);
  assert.ok(Math.max(...groups()) <= 32, `${Math.max(...groups())} at once`);
});
