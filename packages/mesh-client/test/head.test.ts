import assert from "node:assert/strict";
import { test } from "node:test";
import { newMessageId } from "@restante/mesh";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;

test("the headers of a message are had without its body, by its recipient and by its sender", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const body = Buffer.from("x");
  const { messageId } = await from.send({
    to: practice,
    workflowId: testWorkflow,
    body,
    subject: "Łódź",
    totalChunks: 2,
  });
  await assert.rejects(to.head(messageId), { code: "gone" }, "it is not whole yet");
  assert.equal((await from.head(messageId)).chunks, 2);
  await from.sendChunk(messageId, { number: 2, total: 2, body });

  const { headers, report, chunks } = await to.head(messageId);
  assert.deepEqual([headers.from, headers.subject, headers.messageId, chunks], [sender, "Łódź", messageId, 2]);
  assert.equal(report, undefined);
  assert.equal((await to.list()).messageIds.length, 1, "and it waits as before");
});

test("the headers of a message that is not there, or not ours, are told as such", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using other = await testClient(server, pharmacy);
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: "x" });
  await assert.rejects(other.head(messageId), { code: "not-found", retry: "never" });
  await assert.rejects(from.head(newMessageId(new Date())), { code: "not-found", status: 404 });
});

test("the messages that wait are counted", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  assert.deepEqual(await to.count(), { count: 0 });
  for (let count = 0; count < 3; count += 1) await from.send({ to: practice, workflowId: testWorkflow, body: "x" });
  assert.deepEqual(await to.count(), { count: 3 });
});
