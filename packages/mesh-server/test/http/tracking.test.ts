import assert from "node:assert/strict";
import { test } from "node:test";

import {
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const tracking = `/messageexchange/${sender}/outbox/tracking`;
const v2 = "application/vnd.mesh.v2+json";

test("tracking by message id tells what became of a message, in the shape of each version", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send({
    to: pharmacy,
    workflowId: testWorkflow,
    localId: "local 1",
    body: Buffer.from("hello"),
  });
  const ask = (accept?: string): ReturnType<typeof testRequest> =>
    testRequest(server, sender, { path: `${tracking}?messageID=${messageId}`, headers: { accept } });

  assert.deepEqual((await ask(v2)).json, {
    message_id: messageId,
    local_id: "local 1",
    workflow_id: testWorkflow,
    filename: `${messageId}.dat`,
    expiry_time: "2026-03-07T10:20:30.456Z",
    upload_timestamp: "2026-03-02T10:20:30.456Z",
    recipient: pharmacy,
    recipient_name: "Mill Lane Pharmacy",
    recipient_ods_code: "FY901",
    recipient_org_code: "FY901",
    recipient_org_name: "Mill Lane Pharmacy",
    status_success: true,
    status: "accepted",
    status_event: "TRANSFER",
    status_timestamp: "2026-03-02T10:20:30.456Z",
    status_description: "Transferred to recipient mailbox",
    status_code: "00",
  });
  assert.partialDeepStrictEqual((await ask()).json, {
    dtsId: messageId,
    messageId,
    status: "Accepted",
    statusSuccess: "SUCCESS",
    expiryTime: "20260307102030",
    uploadTimestamp: "20260302102030",
    fileSize: 5,
    messageType: "Data",
    recipientSmtp: "fy901ot001@dts.nhs.uk",
    sender,
  });

  clock.advance(60_000);
  await receiver.acknowledge(messageId);
  assert.partialDeepStrictEqual((await ask(v2)).json, {
    status: "acknowledged",
    status_timestamp: "2026-03-02T10:21:30.456Z",
  });
  assert.partialDeepStrictEqual((await ask()).json, { status: "Acknowledged", downloadTimestamp: "20260302102130" });
});

test("tracking by local id finds one message, says 300 of several and 404 of none", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const send = async (localId: string): Promise<string> =>
    (await client.send({ to: pharmacy, workflowId: testWorkflow, localId, body: Buffer.from("x") })).messageId;
  const ask = (localId: string): ReturnType<typeof testRequest> =>
    testRequest(server, sender, { path: `${tracking}/${encodeURIComponent(localId)}`, headers: { accept: v2 } });
  const messageId = await send("one/łódź");
  await send("two");
  await send("two");

  const one = await ask("one/łódź");
  assert.equal(one.status, 200);
  assert.equal((one.json as { messageId: string }).messageId, messageId, "always in the shape of version 1");
  assert.equal((await ask("two")).status, 300);
  assert.equal((await ask("three")).status, 404);
});

test("tracking without a message id is 400", async (t) => {
  const server = await startTestServer(t);

  assert.equal((await testRequest(server, sender, { path: tracking })).status, 400);
});

test("what is asked for with a character that no text has, NUL, is unknown as whatever else is not there", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  const inbox = `/messageexchange/${pharmacy}/inbox`;
  const statusOf = async (mailboxId: string, path: string, method = "GET"): Promise<number> =>
    (await testRequest(server, mailboxId, { method, path, ...(method === "POST" && { body: "x" }) })).status;

  for (const id of ["a%00", `${messageId}%00`]) {
    assert.equal(await statusOf(sender, `${tracking}/${id}`), 404);
    assert.equal(await statusOf(sender, `${tracking}?messageID=${id}`), 404);
    assert.equal(await statusOf(sender, `/messageexchange/${sender}/outbox/${id}/2`, "POST"), 404);
    assert.equal(await statusOf(pharmacy, `${inbox}/${id}`), 404);
    assert.equal(await statusOf(pharmacy, `${inbox}/${id}`, "HEAD"), 404);
    assert.equal(await statusOf(pharmacy, `${inbox}/${id}/status/acknowledged`, "PUT"), 404);
  }
  assert.equal(await statusOf(pharmacy, `${inbox}?continue_from=${"a".repeat(30)}%00`), 400);
  const listed = async (filter: string): Promise<unknown> =>
    (await testRequest(server, pharmacy, { path: `${inbox}?workflow_filter=${filter}` })).json;
  assert.deepEqual(await listed(`${testWorkflow}%00`), { messages: [] });
  assert.deepEqual(await listed(`!${testWorkflow}%00`), { messages: [messageId] });
});
