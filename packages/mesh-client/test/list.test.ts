import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testkit";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const { sender, practice } = testMailboxes;

test("a long inbox is read page by page, oldest first, while it is being emptied", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const sent: string[] = [];
  for (let count = 0; count < 25; count += 1) {
    const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from("x") });
    sent.push(messageId);
  }
  const page = await to.list({ maxResults: 10 });
  assert.deepEqual(page.messageIds, sent.slice(0, 10));
  assert.ok(page.next !== undefined);

  const listed: string[] = [];
  for await (const messageId of to.listAll({ maxResults: 10 })) {
    listed.push(messageId);
    await to.acknowledge(messageId);
  }
  assert.deepEqual(listed, sent);
  assert.deepEqual(await Readable.from(to.listAll()).toArray(), []);
});

test("an inbox can be listed for some workflows only", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from("x") });
  assert.equal((await to.list({ workflowFilter: testWorkflow })).messageIds.length, 1);
  assert.deepEqual((await to.list({ workflowFilter: `!${testWorkflow}` })).messageIds, []);
});

test("a listing with anything but message ids is refused: ids become file names", async (t) => {
  for (const messages of [["../../etc/passwd"], "20260101120000000000_ABCDEF", [7], undefined]) {
    const peer = await startFaultyPeer(t, [answer(200, { messages })]);
    const client = await clientOf(t, peer.url);
    await assert.rejects(client.list(), { code: "unexpected-answer" });
  }
});

test("a page that names itself as the next one ends the listing", async (t) => {
  const links = { next: "https://elsewhere.example/inbox?continue_from=abc" };
  const peer = await startFaultyPeer(t, [answer(200, { messages: ["20260101120000000000_ABCDEF"], links })]);
  const client = await clientOf(t, peer.url);
  assert.equal((await Readable.from(client.listAll()).toArray()).length, 2);
  assert.match(peer.requests[1] ?? "", /continue_from=abc/);
});
