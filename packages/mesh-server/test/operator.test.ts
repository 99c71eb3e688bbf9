import assert from "node:assert/strict";
import { test } from "node:test";

import { type MessageId, newMessageId } from "@restante/mesh";
import { OperatorError, type OperatorErrorCode } from "@restante/mesh-server";
import {
  addressOf,
  keyOfBody,
  settableClock,
  startTestServer,
  type TestAnswer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  type TestServer,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const day = 24 * 60 * 60 * 1000;
const large = Buffer.alloc(300_000, "restante");

function post(
  server: TestServer,
  headers: Record<string, string> = {},
  body: Buffer = Buffer.from("x"),
): Promise<TestAnswer> {
  const path = `/messageexchange/${sender}/outbox`;
  const all = { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers };
  return testRequest(server, sender, { method: "POST", path, headers: all, body });
}

async function send(server: TestServer, headers?: Record<string, string>, body?: Buffer): Promise<MessageId> {
  const { status, json } = await post(server, headers, body);
  assert.equal(status, 202);
  return (json as { messageID: MessageId }).messageID;
}

function get(server: TestServer, messageId: MessageId, chunk = ""): Promise<TestAnswer> {
  return testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox/${messageId}${chunk}` });
}

async function acknowledge(server: TestServer, messageId: MessageId): Promise<void> {
  await using client = await testClient(server, pharmacy);
  await client.acknowledge(messageId);
}

async function inbox(server: TestServer, mailboxId: string = pharmacy): Promise<MessageId[]> {
  await using client = await testClient(server, mailboxId);
  return (await client.list()).messageIds;
}

async function stateOf(server: TestServer, messageId: MessageId): Promise<string | undefined> {
  await using client = await testClient(server, sender);
  return (await client.track(messageId)).status;
}

/** Its first byte is left of it. */
async function cutBody({ bodies }: TestServer, messageId: MessageId): Promise<void> {
  const key = await keyOfBody(bodies, messageId);
  await bodies.put(key, (await bodies.get(key)).subarray(0, 1));
}

async function refused(doing: Promise<unknown>, code: OperatorErrorCode, state?: string): Promise<void> {
  await assert.rejects(doing, (error) => {
    assert.ok(error instanceof OperatorError);
    assert.deepEqual([error.code, error.state], [code, state]);
    return true;
  });
}

const unregistered = {
  errorEvent: "SEND",
  errorCode: "12",
  errorDescription: "Unregistered to address: the mailbox is closed",
};

test("an undelivered message that is put back is listed last, is read, and is reported again if it is not collected", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const [back, taken] = [await send(server), await send(server)];
  await refused(server.operator.putBack(back), "not-undelivered", "accepted");
  clock.advance(5 * day + 1000);
  await waitFor(() => server.events.of("report-placed").length === 2);
  const reported = await inbox(server, sender);
  const later = await send(server);
  clock.advance(1000);

  const outcome = await server.operator.putBack(` ${back.toLowerCase()} `);

  assert.deepEqual(await inbox(server), [later, back]);
  assert.deepEqual(
    [outcome.outcome, outcome.messageId, outcome.mailboxId, outcome.collectBy],
    ["put-back", back, pharmacy, new Date(clock.now().getTime() + 5 * day)],
  );
  const { senderWasTold } = outcome;
  assert.deepEqual([senderWasTold?.mailboxId, senderWasTold?.code], [sender, "14"]);
  assert.ok((senderWasTold?.at.getTime() ?? Infinity) < clock.now().getTime());
  assert.equal((await get(server, back)).body.toString(), "x");
  assert.equal(await stateOf(server, back), "accepted");
  assert.deepEqual(server.events.of("message-put-back"), [
    { event: "message-put-back", messageId: back, mailboxId: pharmacy },
  ]);
  await refused(server.operator.putBack(back), "not-undelivered", "accepted");
  await server.operator.putBack(taken);
  await acknowledge(server, taken);
  await acknowledge(server, later);
  assert.deepEqual(await inbox(server, sender), reported, "what the sender was told is not taken back");

  clock.advance(5 * day + 1000);
  const report = await server.events.next("report-placed", ({ reportId }) => !reported.includes(reportId));
  assert.deepEqual([report.linkedMessageId, report.code], [back, "14"]);
  assert.equal(server.events.of("report-placed").length, 3);
  await refused(server.operator.putBack(taken), "not-undelivered", "acknowledged");
});

test("what cannot be put back is refused with its reason, and nothing of it is listed", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const messageId = await send(server, {}, large);
  clock.advance(5 * day + 1000);
  const { reportId } = await server.events.next("report-placed");
  clock.advance(5 * day + 1000);
  await waitFor(async () => (await inbox(server, sender)).length === 0);

  await refused(server.operator.putBack(newMessageId(clock.now())), "message-unknown");
  const key = await keyOfBody(server.bodies, messageId);
  const body = await server.bodies.get(key);
  await server.bodies.delete(key);
  await refused(server.operator.putBack(messageId), "body-damaged");
  await server.bodies.put(key, body);
  await server.operator.closeMailbox(pharmacy, "moves");
  await refused(server.operator.putBack(messageId), "mailbox-closed", "undelivered");
  await server.operator.openMailbox(pharmacy);
  await assert.rejects(server.operator.putBack(messageId, { signal: AbortSignal.abort() }), { name: "AbortError" });
  await server.restart({
    mailboxes: server.config.mailboxes.filter(({ mailboxId }) => mailboxId !== pharmacy),
    workflows: [],
  });
  await refused(server.operator.putBack(messageId), "mailbox-unknown");
  await server.restart({});
  assert.deepEqual(await inbox(server), []);

  const report = await server.operator.putBack(reportId);
  assert.equal(report.senderWasTold, undefined, "of a report that was not collected nobody was told");
  assert.deepEqual(await inbox(server, sender), [reportId]);
});

test("a closed mailbox refuses whoever sends to it with code 12, and its owner reads, acknowledges and sends", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server);

  const closed = await server.operator.closeMailbox(pharmacy.toLowerCase(), " moves to another system ");

  assert.deepEqual([closed.outcome, closed.mailboxId, closed.reason], ["closed", pharmacy, "moves to another system"]);
  assert.deepEqual(await server.operator.closedMailboxes(), [
    { mailboxId: pharmacy, closedAt: closed.closedAt, reason: closed.reason },
  ]);
  assert.partialDeepStrictEqual(await post(server, {}, large), { status: 417, json: unregistered });
  const v2 = await post(server, { accept: "application/vnd.mesh.v2+json", "mex-chunk-range": "1:2" });
  assert.deepEqual(
    [v2.status, v2.json],
    [417, { detail: [{ event: "SEND", code: "12", msg: unregistered.errorDescription }] }],
  );
  assert.deepEqual(await server.bodies.keys(), [], "no body of a refused send is kept");
  assert.partialDeepStrictEqual(server.events.of("request-refused"), [{ code: "mailbox-closed", status: 417 }]);
  assert.deepEqual(await inbox(server), [messageId]);
  assert.equal((await get(server, messageId)).body.toString(), "x");
  await acknowledge(server, messageId);
  assert.deepEqual(await inbox(server), []);
  await using owner = await testClient(server, pharmacy);
  const { messageId: answer } = await owner.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("y") });
  assert.deepEqual(await inbox(server, sender), [answer]);

  assert.deepEqual(await server.operator.openMailbox(pharmacy), { outcome: "opened", mailboxId: pharmacy });
  assert.deepEqual(await inbox(server), []);
  assert.deepEqual([await send(server)], await inbox(server));
  assert.deepEqual(server.events.of("mailbox-opened"), [{ event: "mailbox-opened", mailboxId: pharmacy }]);
});

test("a mailbox stays closed over restarts, whatever the configuration names, until it is opened", async (t) => {
  const server = await startTestServer(t);
  const first = await server.operator.closeMailbox(pharmacy, "moves");
  await server.restart({});
  const told = server.events.of("mailbox-closed");
  assert.deepEqual(
    told,
    [1, 2].map(() => ({ event: "mailbox-closed", mailboxId: pharmacy, closedAt: first.closedAt })),
    "told at each start",
  );
  assert.equal((await post(server)).status, 417);

  const again = await server.operator.closeMailbox(pharmacy, "another reason");
  assert.deepEqual(again, { ...first, outcome: "closed-before" });
  const others = server.config.mailboxes.filter(({ mailboxId }) => mailboxId !== pharmacy);
  await server.restart({ mailboxes: others, workflows: [] });
  await server.restart({});
  assert.equal((await post(server)).status, 417);
  await server.restart({ mailboxes: others, workflows: [] });
  await refused(server.operator.closeMailbox(pharmacy, "moves"), "mailbox-unknown");
  assert.equal((await server.operator.openMailbox(pharmacy)).outcome, "opened");
  await refused(server.operator.openMailbox(pharmacy), "mailbox-unknown");
  await server.restart({});

  assert.equal((await server.operator.openMailbox(pharmacy)).outcome, "open-before");
  assert.equal((await post(server)).status, 202);
});

test("a reason for closing is one line of up to 200 characters, and reaches no event", async (t) => {
  const server = await startTestServer(t);
  for (const reason of ["", "  ", "two\nlines", "x".repeat(201)]) {
    await refused(server.operator.closeMailbox(pharmacy, reason), "reason-unusable");
  }
  await server.operator.closeMailbox(pharmacy, "\u{1F4EC}".repeat(200));
  await server.restart({});
  assert.equal((await post(server)).status, 417);
  assert.ok(!JSON.stringify(server.events.all).includes("\u{1F4EC}"));
  await refused(server.operator.closeMailbox("NOBODY", "moves"), "mailbox-unknown");
});

test("an upload under way when its mailbox is closed is refused chunk by chunk, goes on when it is opened, else is abandoned", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const begin = (): Promise<MessageId> => send(server, { "mex-chunk-range": "1:2" });
  const [goesOn, late] = [await begin(), await begin()];
  const add = (messageId: MessageId): Promise<TestAnswer> =>
    testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox/${messageId}/2`,
      headers: { "mex-chunk-range": "2:2" },
      body: large,
    });
  await server.operator.closeMailbox(pharmacy, "moves");

  for (const messageId of [goesOn, late]) {
    const answer = await add(messageId);
    assert.deepEqual([answer.status, answer.json], [417, { ...unregistered, messageID: messageId }]);
  }
  await server.operator.openMailbox(pharmacy);
  assert.deepEqual(await server.bodies.keys(), [], "no body of a refused chunk is kept");
  assert.equal((await add(goesOn)).status, 202);
  assert.deepEqual(await inbox(server), [goesOn]);
  await server.operator.closeMailbox(pharmacy, "moves");
  clock.advance(day + 1000);

  await waitFor(async () => (await stateOf(server, late)) === "error");
  assert.deepEqual(server.events.of("report-placed"), [], "it was never accepted: its sender was told at the chunk");
});

test("a message for a patient whose practice's mailbox is closed comes back with EPL-151, and lookups do not name it", async (t) => {
  const server = await startTestServer(t);
  const workflowId = "GPFED_CONSULT_REPORT";
  const look = async (path: string): Promise<unknown> =>
    (
      await testRequest(server, sender, {
        path: `/messageexchange/${path}`,
        headers: { accept: "application/vnd.mesh.v2+json", authorization: undefined },
      })
    ).json;
  const found = JSON.stringify(await look(`workflowsearch/${workflowId}`));
  assert.ok(found.includes(practice));
  await server.operator.closeMailbox(practice, "moves");

  const messageId = await send(server, { "mex-to": addressOf(testPatients.registered), "mex-workflowid": workflowId });
  const failed = await server.events.next("routing-failed");

  assert.deepEqual(failed, { event: "routing-failed", messageId, code: "EPL-151", reason: "mailbox-closed" });
  const { reportId } = await server.events.next("report-placed");
  assert.deepEqual([await inbox(server, sender), await inbox(server, practice)], [[reportId], []]);
  assert.deepEqual(await look(`endpointlookup/Y90002/${workflowId}`), { results: [] });
  assert.ok(!JSON.stringify(await look(`workflowsearch/${workflowId}`)).includes(practice));
});

test("a mailbox that is closed between the look-up and the placing takes nothing: the message comes back with EPL-151", async (t) => {
  const server = await startTestServer(t, {
    emit: ({ event }) => {
      // Its commit is asked for before that of the placing.
      if (event === "mailbox-matched") void server.operator.closeMailbox(practice, "moves");
    },
  });
  const to = addressOf(testPatients.registered);

  const messageId = await send(server, { "mex-to": to, "mex-workflowid": "GPFED_CONSULT_REPORT" });

  const { linkedMessageId, code } = await server.events.next("report-placed");
  assert.deepEqual([linkedMessageId, code], [messageId, "EPL-151"]);
  assert.deepEqual([server.events.of("message-placed"), await inbox(server, practice)], [[], []]);
  assert.equal((await inbox(server, sender)).length, 1);
});

test("a body that is given up leaves the inbox with report 02 to its sender, once, and is deleted in its time", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const [gone, other] = [await send(server, { "mex-subject": "s", "mex-localid": "l" }, large), await send(server)];
  await refused(server.operator.giveUpBody(gone), "body-whole");
  await cutBody(server, gone);
  assert.equal((await get(server, gone)).status, 500);
  assert.deepEqual(await inbox(server), [gone, other], "a body that is damaged moves nothing by itself");

  const outcome = await server.operator.giveUpBody(gone);

  const { reportId } = outcome;
  assert.deepEqual(outcome, { outcome: "given-up", messageId: gone, chunk: 1, damage: "shorter", reportId });
  assert.deepEqual([await inbox(server), await inbox(server, sender)], [[other], [reportId]]);
  assert.equal((await get(server, gone)).status, 410);
  assert.equal(await stateOf(server, gone), "error");
  await using client = await testClient(server, sender);
  const { headers } = await client.download(reportId);
  assert.deepEqual(
    [headers.statusEvent, headers.statusCode, headers.statusDescription, headers.linkedMessageId, headers.subject],
    ["SEND", "02", "Data file is missing or inaccessible", gone, "s"],
  );
  assert.deepEqual(server.events.of("message-given-up"), [
    { event: "message-given-up", messageId: gone, chunk: 1, damage: "shorter" },
  ]);
  await refused(server.operator.giveUpBody(gone), "not-accepted", "damaged");
  await refused(server.operator.putBack(gone), "not-undelivered", "damaged");
  await refused(server.operator.giveUpBody(reportId), "report-without-body");
  await acknowledge(server, gone);
  assert.equal(await stateOf(server, gone), "error", "acknowledging what is not there has no effect");

  clock.advance(31 * day);
  await waitFor(async () => (await get(server, gone)).status === 404);
  assert.equal(server.events.of("report-placed").filter(({ linkedMessageId }) => linkedMessageId === gone).length, 1);
});

test("a body that its recipient was given whole is not given up: it is acknowledged, or comes back with report 14", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const [acknowledged, expired] = [await send(server, {}, large), await send(server, {}, large)];
  const sendTwo = async (): Promise<MessageId> => {
    const messageId = await send(server, { "mex-chunk-range": "1:2" }, large);
    await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox/${messageId}/2`,
      headers: { "mex-chunk-range": "2:2" },
      body: large,
    });
    return messageId;
  };
  const [cut, both] = [await sendTwo(), await sendTwo()];
  for (const messageId of [acknowledged, expired]) assert.deepEqual((await get(server, messageId)).body, large);
  assert.equal((await get(server, cut, "/2")).body.length, large.length);
  for (const chunk of ["", "/2"]) assert.equal((await get(server, both, chunk)).body.length, large.length);
  // Told of each last chunk once it is recorded as given.
  await waitFor(() => server.events.of("message-downloaded").length === 4);
  await server.restart({});
  for (const messageId of [acknowledged, expired, cut, both]) await cutBody(server, messageId);

  await refused(server.operator.giveUpBody(acknowledged), "given-whole", "accepted");
  await refused(server.operator.giveUpBody(expired), "given-whole", "accepted");
  await refused(server.operator.giveUpBody(both), "given-whole", "accepted");
  assert.equal((await server.operator.giveUpBody(cut)).chunk, 1, "of this one a chunk was never given out");
  assert.deepEqual(await inbox(server), [acknowledged, expired, both]);

  await acknowledge(server, acknowledged);
  clock.advance(5 * day + 1000);
  const report = await server.events.next("report-placed", ({ linkedMessageId }) => linkedMessageId === expired);
  assert.equal(report.code, "14");
  assert.ok(!server.events.of("report-placed").some(({ linkedMessageId }) => linkedMessageId === acknowledged));
});

test("a body that was begun, asked for by its head or cut off was not given whole", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, {}, large);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  assert.equal((await testRequest(server, pharmacy, { path, method: "HEAD" })).status, 200);
  await cutBody(server, messageId);
  assert.equal((await get(server, messageId)).status, 500);
  await server.restart({});

  assert.equal((await server.operator.giveUpBody(messageId)).outcome, "given-up");
});

test("report 14 is worded as nonDeliveryReports says", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const told = async (): Promise<(string | undefined)[]> => {
    await send(server, { "mex-subject": "Straße", "mex-localid": "l", "mex-filename": "f" });
    const before = server.events.of("report-placed").length;
    clock.advance(5 * day + 1000);
    const report = await waitFor(() => server.events.of("report-placed")[before]);
    await using client = await testClient(server, sender);
    const { headers } = await client.download(report.reportId);
    await client.acknowledge(report.reportId);
    const named = headers.fileName?.replace(report.reportId, "ID");
    return [headers.subject, named, headers.localId, headers.statusCode, headers.to];
  };

  assert.deepEqual(await told(), ["Straße", undefined, "l", "14", pharmacy]);
  await server.restart({ nonDeliveryReports: "sandbox" });
  assert.deepEqual(await told(), ["NDR: Straße", "ID.dat", "l", "14", pharmacy]);
  await server.restart({ nonDeliveryReports: "mesh-api" });
  assert.deepEqual(await told(), ["Straße", undefined, "l", "14", pharmacy]);
});
