// What an operator did, as the lists and look-ups of the API show it.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { MessageId } from "@restante/mesh";
import {
  keyOfBody,
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const DAY = 24 * 60 * 60_000;
const v1 = "application/json";
const v2 = "application/vnd.mesh.v2+json";

async function send(server: TestServer): Promise<MessageId> {
  await using client = await testClient(server, sender);
  const body = Buffer.alloc(100_000, "a letter");
  return (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
}

async function rich(server: TestServer, mailboxId: string, list: "inbox" | "outbox"): Promise<unknown[]> {
  const { status, json } = await testRequest(server, mailboxId, { path: `/messageexchange/${mailboxId}/${list}/rich` });
  assert.equal(status, 200);
  return (json as { messages: Record<string, unknown>[] }).messages.map((message) => [
    message["message_id"],
    message["status"],
    message["status_code"],
    message["sent_date"],
  ]);
}

test("what was given up is an error to its sender and in no inbox, and its report is in the sender's", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock, config: { smallBodyBytes: 0 } });
  const [damaged, whole] = [await send(server), await send(server)];
  await server.bodies.delete(await keyOfBody(server.bodies, damaged));
  clock.advance(1000);

  const { reportId } = await server.operator.giveUpBody(damaged);

  const [sent, told] = ["2026-03-02T10:20:30.456Z", "2026-03-02T10:20:31.456Z"];
  const both = [
    [whole, "accepted", "", sent],
    [damaged, "error", "02", sent],
  ];
  const outbox = await rich(server, sender, "outbox");
  assert.deepEqual(new Set(outbox), new Set(both));
  assert.deepEqual(await rich(server, pharmacy, "inbox"), [[whole, "accepted", undefined, sent]]);
  assert.deepEqual(await rich(server, sender, "inbox"), [[reportId, "accepted", "02", told]]);
});

test("what was put back is in the rich inbox as accepted when it was, also long after it was first sent", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  const back = await send(server);
  clock.advance(5 * DAY + 1000);
  await server.events.next("report-placed");
  assert.deepEqual(await rich(server, pharmacy, "inbox"), []);
  const newer = await send(server);
  clock.advance(23 * DAY);
  await server.events.next("report-placed", ({ linkedMessageId }) => linkedMessageId === newer);

  const { collectBy } = await server.operator.putBack(back);
  clock.advance(3 * DAY);

  const at = "2026-03-30T10:20:31.456Z";
  assert.deepEqual(await rich(server, pharmacy, "inbox"), [[back, "accepted", undefined, at]]);
  const path = `/messageexchange/${pharmacy}/inbox/${back}`;
  const { status, headers } = await testRequest(server, pharmacy, { path });
  assert.deepEqual([status, headers["last-modified"]], [200, new Date(at).toUTCString()]);
  const tracking = `/messageexchange/${sender}/outbox/tracking?messageID=${back}`;
  const { json } = await testRequest(server, sender, { path: tracking, headers: { accept: v2 } });
  assert.partialDeepStrictEqual(json, {
    status: "accepted",
    status_success: true,
    expiry_time: collectBy.toISOString(),
  });
});

test("a closed mailbox is in no look-up, in either version, and its owner's lists are as they were", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server);
  const odsCode = server.config.mailboxes.find(({ mailboxId }) => mailboxId === pharmacy)?.odsCode;
  const paths = [
    `/messageexchange/endpointlookup/${odsCode}/${testWorkflow}`,
    `/endpointlookup/mesh/${odsCode}/${testWorkflow}`,
    `/messageexchange/workflowsearch/${testWorkflow}`,
  ];
  const isFound = (): Promise<boolean[]> =>
    Promise.all(
      paths.flatMap((path) =>
        [v1, v2].map(async (accept) => {
          const { status, body } = await testRequest(server, sender, { path, headers: { accept } });
          assert.equal(status, 200);
          return body.includes(pharmacy);
        }),
      ),
    );
  const before = await rich(server, pharmacy, "inbox");
  assert.deepEqual(new Set(await isFound()), new Set([true]));

  await server.operator.closeMailbox(pharmacy, "moves");

  assert.deepEqual(new Set(await isFound()), new Set([false]));
  assert.deepEqual(await rich(server, pharmacy, "inbox"), before);
  await using client = await testClient(server, pharmacy);
  await client.acknowledge(messageId);
  assert.partialDeepStrictEqual(await rich(server, pharmacy, "inbox"), [[messageId, "acknowledged"]]);
});
