import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer as readBody } from "node:stream/consumers";
import { test } from "node:test";

import { embeddedDemographics } from "@restante/demographics";
import type { MailboxId } from "@restante/mesh";
import { createMeshServer } from "@restante/mesh-server";
import {
  addressOf,
  testClient,
  testDirectory,
  testMailboxes,
  testPatients,
  testRequest,
  testToken,
  testWorkflow,
} from "@restante/testbed";

import { wipe } from "../../src/control/wipe.ts";
import { type RewoundServer, startRewoundServer } from "./rewound-server.ts";

const { sender, practice, pharmacy } = testMailboxes;
const everything = { closures: false, tokens: false };

const bodies = ({ config }: RewoundServer): Promise<string[]> => readdir(join(config.dataFolder, "bodies"));

test("wiped, a server has no message, body or report, and goes on with the numbers of its inboxes", async (t) => {
  const server = await startRewoundServer(t, { config: { smallBodyBytes: 10 } });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const send = async (body: string): Promise<string> =>
    (await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from(body) })).messageId;
  for (const body of ["small", "large enough for a file", "small"]) await send(body);
  const [first] = (await receiver.list()).messageIds;
  await receiver.acknowledge(first!);
  await client.send({
    to: addressOf(testPatients.withoutPractice),
    workflowId: "GPFED_CONSULT_REPORT",
    body: Buffer.from("x"),
  });
  await server.events.next("report-placed");
  const { store } = server.serving.context;
  const before = (await store.listAfter(pharmacy as MailboxId, 0, 10)).at(-1)!.sequence;

  assert.deepEqual(await wipe(server.serving, everything), { messages: 5 });

  assert.deepEqual((await receiver.list()).messageIds, []);
  assert.deepEqual((await client.list()).messageIds, []);
  assert.deepEqual(await store.waitingIn(pharmacy as MailboxId), { messages: 0, bytes: 0 });
  assert.deepEqual(await bodies(server), []);
  const messageId = await send("after");
  const [entry, ...others] = await store.listAfter(pharmacy as MailboxId, before, 10);
  assert.deepEqual([entry?.messageId, others], [messageId, []]);
  assert.deepEqual(await store.waitingIn(pharmacy as MailboxId), { messages: 1, bytes: 5 });
  await receiver.acknowledge(messageId as never);
  assert.equal(await store.countInbox(pharmacy as MailboxId), 0);
});

test("of one mailbox goes what came into it, and what it sent that is in nobody's; the inboxes of others stay as they are", async (t) => {
  const server = await startRewoundServer(t, { config: { smallBodyBytes: 10 } });
  await using client = await testClient(server, sender);
  await using other = await testClient(server, practice);
  await using receiver = await testClient(server, pharmacy);
  const body = Buffer.from("large enough for a file");
  const sent = (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
  const kept = (await other.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
  await other.send({ to: sender, workflowId: testWorkflow, body });
  const failed = await client.send({
    to: addressOf(testPatients.withoutPractice),
    workflowId: "GPFED_CONSULT_REPORT",
    body,
  });
  await server.events.next("report-placed");

  const done = await wipe(server.serving, { ...everything, mailboxId: sender as MailboxId });

  assert.deepEqual(done, { messages: 3 });
  assert.deepEqual((await client.list()).messageIds, []);
  assert.deepEqual((await receiver.list()).messageIds, [sent, kept]);
  assert.equal(await server.serving.context.store.exists(failed.messageId), false);
  assert.deepEqual(await readBody((await receiver.download(kept)).body), body);
  assert.equal(await server.serving.context.store.countInbox(pharmacy as MailboxId), 2);
  assert.equal((await bodies(server)).length, 2);
});

test("of a server that is not for development nothing can be wiped, saved, put back or moved on", async (t) => {
  const server = await startRewoundServer(t);
  await server.moved.control.advance({ by: "5d" });
  await server.serving.close();

  await using production = await createMeshServer(server.config, {
    demographics: embeddedDemographics(testDirectory()),
  });

  assert.deepEqual(Object.keys(production).toSorted(), ["close", "operator", "url"]);
  const verbs = ["closeMailbox", "closedMailboxes", "giveUpBody", "openMailbox", "putBack"];
  assert.deepEqual(Object.keys(production.operator).toSorted(), verbs);
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  const later = new Date(Date.now() + 4 * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  assert.ok(messageId.slice(0, 8) < later, "its clock is the real one");
});

test("used tokens are used up until a wipe that is told to forget them, of one mailbox or of all; closures likewise", async (t) => {
  const server = await startRewoundServer(t);
  const { operator } = server.serving;
  const tokens = Object.fromEntries([sender, pharmacy].map((mailbox) => [mailbox, testToken(server, mailbox)]));
  const use = async (mailbox: string): Promise<number> => {
    const headers = { authorization: tokens[mailbox]! };
    return (await testRequest(server, mailbox, { path: `/messageexchange/${mailbox}/inbox`, headers })).status;
  };
  assert.deepEqual([await use(sender), await use(pharmacy)], [200, 200]);
  await operator.closeMailbox(sender, "moves");
  await operator.closeMailbox(pharmacy, "moves");

  await wipe(server.serving, everything);
  assert.deepEqual([await use(sender), await use(pharmacy)], [403, 403]);
  assert.equal((await operator.closedMailboxes()).length, 2);

  await wipe(server.serving, { closures: true, tokens: true, mailboxId: sender as MailboxId });
  assert.deepEqual([await use(sender), await use(pharmacy)], [200, 403]);
  assert.deepEqual(
    (await operator.closedMailboxes()).map(({ mailboxId }) => mailboxId),
    [pharmacy],
  );

  await wipe(server.serving, { closures: true, tokens: true });
  assert.deepEqual([await use(sender), await use(pharmacy)], [200, 200]);
  assert.deepEqual(await operator.closedMailboxes(), []);
});
