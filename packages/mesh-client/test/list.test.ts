import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
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

test("a listing that is no list is refused", async (t) => {
  for (const messages of ["20260101120000000000_ABCDEF", { 0: "x" }, undefined]) {
    const peer = await startFaultyPeer(t, [answer(200, { messages })]);
    const client = await clientOf(t, peer.url);
    await assert.rejects(client.list(), { code: "unexpected-answer" });
  }
});

test("what cannot be a message id in a listing is told and passed over, and the listing goes on", async (t) => {
  const unusable = [7, null, "", "..", "a\nb", "x".repeat(300), { id: "x" }];
  const ids = ["0f8b2c4d6e8a4c1f9b3d5e7f60718293", "../../etc/passwd", "\u{1F48C}"];
  const links = { next: "/messageexchange/Y90001OT001/inbox?continue_from=abc" };
  const pages = [answer(200, { messages: [...unusable, ...ids], links }), answer(200, { messages: ["LAST", 7] })];
  const peer = await startFaultyPeer(t, [...pages, ...pages]);
  const client = await clientOf(t, peer.url);
  assert.deepEqual(await client.list(), { messageIds: ids, unusableIds: unusable.length, next: "abc" });
  await client.list();
  const told: number[] = [];
  const listed = client.listAll({ onUnusableIds: (count) => told.push(count) });
  assert.deepEqual(await Readable.from(listed).toArray(), [...ids, "LAST"]);
  assert.deepEqual(told, [unusable.length, 1]);
});

test("a page that names itself as the next one ends the listing", async (t) => {
  const links = { next: "https://elsewhere.example/inbox?continue_from=abc" };
  const peer = await startFaultyPeer(t, [answer(200, { messages: ["20260101120000000000_ABCDEF"], links })]);
  const client = await clientOf(t, peer.url);
  assert.equal((await Readable.from(client.listAll()).toArray()).length, 2);
  assert.match(peer.requests[1] ?? "", /continue_from=abc/);
});

test("pages that lead back to one another end the listing", async (t) => {
  const page = (next: string): string => answer(200, { messages: ["A"], links: { next: `/x?continue_from=${next}` } });
  const peer = await startFaultyPeer(t, [page("one"), page("two"), page("one")]);
  const client = await clientOf(t, peer.url);
  assert.equal((await Readable.from(client.listAll()).toArray()).length, 3);
});

test("a next page that cannot be asked for is told as the server's fault", async (t) => {
  for (const next of [`/x?continue_from=${"y".repeat(5000)}`, "/x?continue_from=a%0Ab"]) {
    const peer = await startFaultyPeer(t, [answer(200, { messages: ["A"], links: { next } })]);
    await assert.rejects((await clientOf(t, peer.url)).list(), { code: "unexpected-answer" });
  }
  const peer = await startFaultyPeer(t, [answer(200, { messages: ["A"], links: { next: "https://[" } })]);
  assert.deepEqual(await (await clientOf(t, peer.url)).list(), { messageIds: ["A"] });
});
