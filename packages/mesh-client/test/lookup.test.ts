import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";

test("an organisation's mailbox for a workflow is found, or none is", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, testMailboxes.sender);
  const [found, ...others] = await client.lookup("FY901", testWorkflow);
  assert.equal(found?.mailboxId, testMailboxes.pharmacy);
  assert.deepEqual(others, []);
  assert.deepEqual(await client.lookup("ZZ999", testWorkflow), []);
  assert.deepEqual(await client.lookup("FY901", "NO/SUCH WORKFLOW"), []);
});

test("all mailboxes that receive a workflow are found", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, testMailboxes.sender);
  const found = await client.workflowSearch(testWorkflow);
  assert.deepEqual(found.map(({ mailboxId }) => mailboxId as string).sort(), Object.values(testMailboxes).sort());
});

test("a lookup of version 1 is read too, and none has an Authorization", async (t) => {
  const results = [{ address: "X26HC022", description: "Screening", endpoint_type: "MESH" }];
  const peer = await startFaultyPeer(t, [answer(200, { query_id: "1", results })]);
  const client = await clientOf(t, peer.url);
  assert.deepEqual(await client.lookup("X26", "W"), [{ mailboxId: "X26HC022", mailboxName: "Screening" }]);
  assert.doesNotMatch(peer.requests[0] ?? "", /authorization/i);
});

test("a lookup with a mailbox that cannot be one is the server's fault, and told as that", async (t) => {
  const peer = await startFaultyPeer(t, [answer(200, { results: [{ mailbox_id: "A B" }] })]);
  const client = await clientOf(t, peer.url);
  await assert.rejects(client.lookup("X26", "W"), { code: "unexpected-answer" });
});
