import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";

import { embeddedDemographics } from "@restante/demographics";
import {
  atEnd,
  defaultConfig,
  ofOneMachine,
  recordEvents,
  settableClock,
  startTestServer,
  testAuthority,
  testClient,
  testDirectory,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import type { StoredBody } from "../src/bodies/bodies.ts";
import { serve, type ServerSettings } from "../src/serve.ts";

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

  clock.advance(30 * day - 1000);
  assert.equal((await testRequest(server, pharmacy, { path })).body.toString(), "large");
  assert.equal((await server.bodies.keys()).length, 1);
  clock.advance(2000);

  await waitFor(async () => (await testRequest(server, pharmacy, { path })).status === 404);
  await waitFor(async () => (await server.bodies.keys()).length === 0);
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

/** One whose parts a test can have answer late. */
async function startServing(t: TestContext, given: Partial<ServerSettings> = {}) {
  const clock = settableClock();
  const { host, port, tls, ...settings } = await defaultConfig(t, await testAuthority(), testDirectory());
  const events = recordEvents();
  const serving = await serve({ ...settings, ...given }, [{ host, port, tls }], {
    demographics: embeddedDemographics(testDirectory()),
    clock,
    emit: events.emit,
  });
  atEnd(t, () => serving.close());
  const config = { ...settings, host, port, tls };
  const server = { url: serving.urls[0]!, config, authority: await testAuthority(), clock };
  return { serving, server, clock, events };
}

test("while what belongs to nobody is tidied away for an hour messages expire, and a server that closes ends that", async (t) => {
  const { serving, server, clock, events } = await startServing(t);
  const tidied = t.mock.method(serving.context.keeping, "tidy", async (_now: Date, signal: AbortSignal) => {
    await once(signal, "abort");
    throw signal.reason;
  }).mock;
  await waitFor(() => tidied.callCount() === 1);
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });

  clock.advance(5 * day + 1000);
  await events.next("report-placed");
  await serving.close();

  assert.equal(tidied.callCount(), 1, "one at a time, though its hour is over");
  assert.deepEqual(events.of("server-troubled"), []);
});

test("what could not be tidied away is told once, and as over no sooner than it was done", async (t) => {
  const { serving, clock, events } = await startServing(t);
  let fails = true;
  t.mock.method(serving.context.keeping, "tidy", async () => {
    if (fails) throw new Error("not to be removed");
  });
  const asked = t.mock.method(serving.context.keeping, "isOurs").mock;
  const { part, reason } = await events.next("server-troubled");
  assert.deepEqual([part, reason], ["expiry", "Error"]);

  const before = asked.callCount();
  await waitFor(() => asked.callCount() > before + 6);

  assert.deepEqual(events.of("server-trouble-over"), []);
  assert.equal(events.of("server-troubled").length, 1);
  fails = false;
  clock.advance(61_000);
  assert.equal((await events.next("server-trouble-over")).part, "expiry");
});

test("a server that closes does not wait for bodies that are long to delete", async (t) => {
  const { serving, server, clock, events } = await startServing(t, { smallBodyBytes: 1 });
  const discard = async (_body: StoredBody, signal?: AbortSignal): Promise<void> => void (await once(signal!, "abort"));
  const discarded = t.mock.method(serving.context.bodies, "discard", discard).mock;
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("large") });
  await receiver.acknowledge(messageId);

  clock.advance(31 * day);
  await waitFor(() => discarded.callCount() === 1);
  await serving.close();

  assert.deepEqual(events.of("server-troubled"), []);
});

test(
  "messages that are to be deleted at once share their syncs, a few each, so that requests wait for no more",
  ofOneMachine(),
  async (t) => {
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
  },
);
