import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addressOf,
  type ReachableServer,
  settableClock,
  startTestServer,
  type TestAnswer,
  testMailboxes,
  testPatients,
  testRequest,
  testToken,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, pharmacy, practice } = testMailboxes;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function send(
  server: ReachableServer,
  { from = sender, to = pharmacy, body = "a letter", ...headers }: Record<string, string> = {},
): Promise<TestAnswer> {
  return testRequest(server, from, {
    method: "POST",
    path: `/messageexchange/${from}/outbox`,
    headers: { "mex-to": to, "mex-workflowid": testWorkflow, ...headers },
    body,
  });
}

function idOf({ status, json }: TestAnswer): string {
  assert.equal(status, 202);
  return (json as { messageID: string }).messageID;
}

async function listed(server: ReachableServer, mailboxId: string): Promise<string[]> {
  const { json } = await testRequest(server, mailboxId, { path: `/messageexchange/${mailboxId}/inbox` });
  return (json as { messages: string[] }).messages;
}

async function acknowledge(server: ReachableServer, mailboxId: string, messageId: string): Promise<void> {
  const path = `/messageexchange/${mailboxId}/inbox/${messageId}/status/acknowledged`;
  assert.equal((await testRequest(server, mailboxId, { method: "PUT", path })).status, 200);
}

test("a send to a full mailbox is refused whole, may come again with its token, and is taken when there is room", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingMessages: 2, smallBodyBytes: 0 } });
  const first = idOf(await send(server));
  const second = idOf(await send(server));
  const authorization = testToken(server, sender);

  const refused = await send(server, { authorization });

  assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "60"]);
  assert.deepEqual(refused.json, {
    errorEvent: "SEND",
    errorCode: "MailboxFull",
    errorDescription: "The mailbox it is addressed to is full: send it again later",
  });
  const newer = await send(server, { accept: "application/vnd.mesh.v2+json" });
  assert.equal((newer.json as { detail: { code: string }[] }).detail[0]?.code, "MailboxFull");
  assert.equal((await send(server, { to: practice })).status, 202, "others have room");
  assert.deepEqual(await listed(server, pharmacy), [first, second]);
  assert.equal((await server.bodies.keys()).length, 3, "nothing of it was kept");

  await acknowledge(server, pharmacy, first);
  const third = idOf(await send(server, { authorization }));
  assert.deepEqual(await listed(server, pharmacy), [second, third]);
  assert.equal((await send(server, { authorization })).status, 403, "used now");
});

test("a full mailbox is told once, by its own id, and so is its end, also if nothing more is sent to it", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingMessages: 1 } });
  const messageId = idOf(await send(server));

  for (let time = 0; time < 20; time += 1) assert.equal((await send(server)).status, 503);

  const told = server.events.of("mailbox-full");
  assert.deepEqual(
    told.map(({ mailboxId, messages, bytes, times }) => ({ mailboxId, messages, bytes, times })),
    [{ mailboxId: pharmacy, messages: 1, bytes: 8, times: 1 }],
  );
  assert.equal(server.events.of("request-refused").length, 1);
  await acknowledge(server, pharmacy, messageId);
  const over = await server.events.next("mailbox-has-room");
  assert.deepEqual([over.mailboxId, over.messages, over.times], [pharmacy, 0, 20]);
});

test("bytes that wait have a limit too: who reaches it may go beyond, who comes after must wait", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingBytes: 1000 } });
  idOf(await send(server, { body: "x".repeat(999) }));
  const large = idOf(await send(server, { body: "x".repeat(5000) }));
  assert.equal((await send(server, { body: "x" })).status, 503);

  await server.restart();
  assert.equal((await send(server, { body: "x" })).status, 503);
  await acknowledge(server, pharmacy, large);
  idOf(await send(server, { body: "x" }));
  assert.equal((await send(server, { body: "x" })).status, 503, "999 and 1 are the limit");
});

test("of many that are sent at once no more are taken than there is room for", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingMessages: 5 } });

  const answers = await Promise.all(Array.from({ length: 30 }, () => send(server)));

  assert.deepEqual(
    [202, 503].map((status) => answers.filter((answer) => answer.status === status).length),
    [5, 25],
  );
  assert.equal((await listed(server, pharmacy)).length, 5);
});

test("an upload in chunks waits with its last chunk for room, and with its first", async (t) => {
  const server = await startTestServer(t, { config: { maxWaitingMessages: 1 } });
  const messageId = idOf(await send(server, { "mex-chunk-range": "1:3" }));
  const other = idOf(await send(server));
  const authorization = testToken(server, sender);
  const add = (chunk: number, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox/${messageId}/${chunk}`,
      headers,
      body: `chunk ${chunk}`,
    });

  assert.equal((await send(server, { "mex-chunk-range": "1:2" })).status, 503);
  assert.equal((await add(3)).status, 202, "an upload that was begun goes on");
  assert.equal((await add(2, { authorization })).status, 503);
  assert.deepEqual(await listed(server, pharmacy), [other]);

  await acknowledge(server, pharmacy, other);
  assert.equal((await add(2, { authorization })).status, 202);
  assert.deepEqual(await listed(server, pharmacy), [messageId]);
});

test("a routed message waits outside a full mailbox, and is placed when there is room", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxWaitingMessages: 1 } });
  const waiting = idOf(await send(server, { to: practice }));
  const routed = { to: addressOf(testPatients.registered), "mex-workflowid": "GPFED_CONSULT_REPORT" };

  const messageId = idOf(await send(server, routed));

  assert.equal((await server.events.next("routing-held")).reason, "mailbox-full");
  assert.equal((await server.events.next("mailbox-full")).mailboxId, practice);
  assert.deepEqual(await listed(server, practice), [waiting]);
  assert.deepEqual(await listed(server, sender), [], "its sender is told nothing yet");

  await acknowledge(server, practice, waiting);
  await waitFor(async () => {
    clock.advance(MINUTE);
    return (await listed(server, practice)).includes(messageId);
  });
  assert.deepEqual(await listed(server, sender), []);
});

test("a routed message for which there was no room in a day comes back with report 14, also to a full mailbox", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxWaitingMessages: 1 } });
  idOf(await send(server, { to: practice }));
  const own = idOf(await send(server, { from: pharmacy, to: sender }));
  const routed = { to: addressOf(testPatients.registered), "mex-workflowid": "GPFED_CONSULT_REPORT" };
  const messageId = idOf(await send(server, routed));
  await server.events.next("routing-held");
  assert.equal((await send(server, { from: pharmacy, to: sender })).status, 503, "the sender's mailbox is full");

  clock.advance(DAY);
  const { reportId, code, linkedMessageId } = await server.events.next("report-placed");

  assert.deepEqual([code, linkedMessageId], ["14", messageId]);
  assert.deepEqual(await listed(server, sender), [own, reportId]);
  assert.equal((await send(server, { from: pharmacy, to: sender })).status, 503);
});

test("a message that expires leaves room, and its report comes to a sender whose mailbox is full", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxWaitingMessages: 1 } });
  const expiring = idOf(await send(server));
  clock.advance(DAY);
  const own = idOf(await send(server, { from: pharmacy, to: sender }));

  clock.advance(4 * DAY + MINUTE);
  const { reportId, linkedMessageId } = await server.events.next("report-placed");

  assert.equal(linkedMessageId, expiring);
  assert.deepEqual(await listed(server, sender), [own, reportId]);
  idOf(await send(server));
});
