import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import { addressOf, startTestServer, testClient, testMailboxes, testPatients, testWorkflow } from "@restante/testbed";

test("a message sent to a mailbox is listed, downloaded and acknowledged there", async (t) => {
  const server = await startTestServer(t);
  await using sender = await testClient(server, testMailboxes.sender);
  await using pharmacy = await testClient(server, testMailboxes.pharmacy);

  const { messageId } = await sender.send({
    to: testMailboxes.pharmacy,
    workflowId: testWorkflow,
    subject: "Zażółć gęślą jaźń",
    localId: "one",
    body: Buffer.from("hello"),
  });
  assert.deepEqual((await pharmacy.list()).messageIds, [messageId]);
  const { headers, body } = await pharmacy.download(messageId);
  assert.equal((await buffer(body)).toString(), "hello");
  assert.equal(headers.subject, "Zażółć gęślą jaźń");
  assert.equal(headers.from, testMailboxes.sender);
  await pharmacy.acknowledge(messageId);

  assert.deepEqual((await pharmacy.list()).messageIds, []);
  assert.equal((await sender.track(messageId)).status, "acknowledged");
});

test("a message for a patient reaches the mailbox of the registered practice", async (t) => {
  const server = await startTestServer(t);
  await using sender = await testClient(server, testMailboxes.sender);
  await using practice = await testClient(server, testMailboxes.practice);

  const { messageId } = await sender.send({
    to: addressOf(testPatients.accented),
    workflowId: "GPFED_CONSULT_REPORT",
    body: Buffer.from("hello"),
  });
  await server.events.next("message-placed");

  assert.deepEqual((await practice.list()).messageIds, [messageId]);
  assert.equal((await practice.download(messageId)).headers.to, testMailboxes.practice);
});
