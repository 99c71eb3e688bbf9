import assert from "node:assert/strict";
import { test } from "node:test";
import { settableClock, startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const { sender, practice } = testMailboxes;
const day = 24 * 60 * 60_000;

test("what was received and what was sent is listed with all that is known of it, newest first, page by page", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30Z"));
  const server = await startTestServer(t, { clock });
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const sent: string[] = [];
  for (let count = 0; count < 12; count += 1) {
    const message = { to: practice, workflowId: testWorkflow, body: "x", localId: `local ${count}` };
    sent.push((await from.send(message)).messageId);
    clock.advance(1000);
  }
  const [oldest] = (await to.list()).messageIds;
  assert.ok(oldest !== undefined);
  await to.acknowledge(oldest);

  const first = await to.listReceived({ maxResults: 10 });
  const second = await to.listReceived({ maxResults: 10, continueFrom: first.next });
  const received = [...first.messages, ...second.messages];
  assert.deepEqual(
    received.map(({ messageId }) => messageId),
    sent.toReversed(),
  );
  assert.equal(second.next, undefined);
  const { recipientName, senderName, ...last } = received.at(-1) ?? {};
  assert.ok(recipientName !== undefined && senderName !== undefined);
  assert.deepEqual(last, {
    messageId: oldest,
    messageType: "DATA",
    status: "acknowledged",
    statusCode: undefined,
    workflowId: testWorkflow,
    localId: "local 0",
    sender,
    recipient: practice,
    sentAt: new Date("2026-03-02T10:20:30Z"),
    expiresAt: new Date("2026-03-07T10:20:30Z"),
    totalChunks: 1,
  });

  const outbox = await from.listSent({ maxResults: 10 });
  assert.deepEqual(
    outbox.messages.map(({ messageId }) => messageId),
    sent.toReversed().slice(0, 10),
  );
  assert.equal(outbox.messages[0]?.localId, "local 11");
  assert.equal(outbox.validAt?.toISOString(), clock.now().toISOString());
  assert.deepEqual((await from.listSent({ since: new Date(clock.now().getTime() + day) })).messages, []);
});

test("an entry of a rich listing without an id that can be one is counted and passed over", async (t) => {
  const peer = await startFaultyPeer(t, [
    answer(200, { messages: [{ message_id: "A", status: "Accepted" }, { message_id: "a\nb" }, "B", null] }),
    answer(200, { messages: {} }),
  ]);
  const client = await clientOf(t, peer.url);
  const { messages, unusableIds } = await client.listReceived();
  assert.deepEqual(
    [messages.map(({ messageId, status }) => [messageId, status]), unusableIds],
    [[["A", "accepted"]], 3],
  );
  await assert.rejects(client.listSent(), { code: "unexpected-answer" });
});
