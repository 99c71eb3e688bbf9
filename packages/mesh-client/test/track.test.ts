import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const { sender, practice } = testMailboxes;
const envelope = { to: practice, workflowId: testWorkflow, body: Buffer.from("x") };

test("a message is found by the sender's local id: none, one, or too many to tell", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const localId = "a/b c?ü";
  assert.deepEqual(await client.trackByLocalId(localId), []);

  const { messageId } = await client.send({ ...envelope, localId, fileName: "one.dat", subject: "about" });
  const [found, ...others] = await client.trackByLocalId(localId);
  assert.deepEqual(others, []);
  assert.equal(found?.messageId, messageId);
  assert.equal(found.status, "accepted");
  assert.equal(found.fileName, "one.dat");
  assert.equal(found.workflowId, testWorkflow);
  assert.deepEqual([found.subject, found.fileSize, found.chunks], ["about", 1, 1]);
  assert.ok(Math.abs((found.uploadedAt?.getTime() ?? 0) - Date.now()) < 60_000);

  await client.send({ ...envelope, localId });
  await assert.rejects(client.trackByLocalId(localId), { code: "local-id-not-unique" });
});

test("another mailbox's message is not found", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  await using other = await testClient(server, practice);
  const { messageId } = await client.send(envelope);
  await assert.rejects(other.track(messageId), { code: "not-found" });
});

test("both versions of a tracking answer are read alike", async (t) => {
  const messageId = "20210311101813838554_1B8F53";
  const peer = await startFaultyPeer(t, [
    answer(200, {
      message_id: messageId,
      status: "acknowledged",
      filename: "a.dat",
      upload_timestamp: "2020-06-01T12:21:52",
      expiry_time: "20200606122153",
      status_success: true,
      recipient_ods_code: "X26",
    }),
    answer(200, {
      messageId,
      status: "Acknowledged",
      fileName: "a.dat",
      uploadTimestamp: "20200601122152",
      expiryTime: "2020-06-06T12:21:53Z",
      statusSuccess: "SUCCESS",
      meshRecipientOdsCode: "X26",
      subject: null,
    }),
  ]);
  const client = await clientOf(t, peer.url);
  const first = await client.track(messageId as Parameters<typeof client.track>[0]);
  const second = await client.track(messageId as Parameters<typeof client.track>[0]);
  assert.deepEqual(first, second);
  assert.equal(first.status, "acknowledged");
  assert.equal(first.uploadedAt?.toISOString(), "2020-06-01T12:21:52.000Z");
  assert.equal(first.statusSuccess, true);
});
