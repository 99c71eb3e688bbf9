// A mailbox that an operator closed, beside the limits of what may wait in it.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addressOf,
  settableClock,
  startTestServer,
  type TestAnswer,
  testMailboxes,
  testPatients,
  testRequest,
  type TestServer,
  testToken,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, pharmacy, practice } = testMailboxes;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const forPatient = { "mex-to": addressOf(testPatients.registered), "mex-workflowid": "GPFED_CONSULT_REPORT" };

function send(server: TestServer, headers: Record<string, string> = {}, chunk = ""): Promise<TestAnswer> {
  return testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox${chunk}`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
    body: "a letter",
  });
}

function idOf({ status, json }: TestAnswer): string {
  assert.equal(status, 202);
  return (json as { messageID: string }).messageID;
}

function codeOf({ status, json }: TestAnswer): [number, string] {
  return [status, (json as { errorCode: string }).errorCode];
}

async function inbox(server: TestServer, mailboxId: string = pharmacy): Promise<{ messages: string[]; count: number }> {
  const get = async (path: string): Promise<object> =>
    (await testRequest(server, mailboxId, { path: `/messageexchange/${mailboxId}/${path}` })).json as object;
  const { messages } = (await get("inbox")) as { messages: string[] };
  const { count } = (await get("count")) as { count: number };
  return { messages, count };
}

async function acknowledge(server: TestServer, messageId: string): Promise<void> {
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}/status/acknowledged`;
  assert.equal((await testRequest(server, pharmacy, { method: "PUT", path })).status, 200);
}

test("who sends to a full mailbox that is closed is told the one that is final, and nobody that it is full", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingMessages: 1 } });
  const upload = idOf(await send(server, { "mex-chunk-range": "1:2" }));
  const messageId = idOf(await send(server));
  await server.operator.closeMailbox(pharmacy, "moves");
  const authorization = testToken(server, sender);

  assert.deepEqual(codeOf(await send(server, { authorization })), [417, "12"]);
  assert.deepEqual(codeOf(await send(server, {}, `/${upload}/2`)), [417, "12"]);
  assert.deepEqual(server.events.of("mailbox-full"), []);
  assert.equal((await send(server, { authorization })).status, 403, "an answer that is final uses its token up");
  assert.deepEqual(await inbox(server), { messages: [messageId], count: 1 });

  await server.operator.openMailbox(pharmacy);
  assert.deepEqual(codeOf(await send(server)), [503, "MailboxFull"]);
  assert.deepEqual(codeOf(await send(server, {}, `/${upload}/2`)), [503, "MailboxFull"]);
  await acknowledge(server, messageId);
  assert.equal((await send(server, {}, `/${upload}/2`)).status, 202);
  assert.deepEqual(await inbox(server), { messages: [upload], count: 1 });
});

test("a message that waits for room in a mailbox that is closed then comes back with EPL-151, and waits no more", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxWaitingMessages: 1 } });
  const waiting = idOf(await send(server, { "mex-to": practice }));
  const held = idOf(await send(server, forPatient));
  assert.equal((await server.events.next("routing-held")).reason, "mailbox-full");

  await server.operator.closeMailbox(practice, "moves");
  await waitFor(() => {
    clock.advance(MINUTE);
    return server.events.of("report-placed").length === 1;
  });
  const later = idOf(await send(server, forPatient));
  await waitFor(() => server.events.of("report-placed").length === 2);

  assert.deepEqual(
    server.events.of("report-placed").map(({ linkedMessageId, code }) => [linkedMessageId, code]),
    [
      [held, "EPL-151"],
      [later, "EPL-151"],
    ],
  );
  assert.deepEqual(await inbox(server, practice), { messages: [waiting], count: 1 });
});

test("what is put back goes into a full mailbox, and makes it wait the longer", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxWaitingMessages: 1 } });
  const undelivered = idOf(await send(server));
  clock.advance(5 * DAY + MINUTE);
  await server.events.next("report-placed");
  const newer = idOf(await send(server));
  assert.equal((await send(server)).status, 503);

  await server.operator.putBack(undelivered);

  assert.deepEqual(await inbox(server), { messages: [newer, undelivered], count: 2 });
  await acknowledge(server, newer);
  assert.equal((await send(server)).status, 503, "what was put back waits");
  await acknowledge(server, undelivered);
  assert.equal((await send(server)).status, 202);
});
