import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import {
  testMailboxes,
  startTestServer,
  testRequest,
  type TestServer,
  testToken,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const inbox = `/messageexchange/${sender}/inbox`;

async function list(server: TestServer, authorization: string | undefined): Promise<[number, string]> {
  const answer = await testRequest(server, sender, { path: inbox, headers: { authorization } });
  const text = (answer.json as { errorDescription?: string }).errorDescription ?? "";
  return [answer.status, text];
}

const hour = 60 * 60 * 1000;
const ascending = (one: number, other: number): number => one - other;
const notGenuine = "Invalid Authentication Token";
const unreadable = "Error reading from Authorization header";

test("only a token of this mailbox, made with both secrets within two hours, opens it", async (t) => {
  const server = await startTestServer(t);
  const now = new Date();
  const fresh = (): string => testToken(server, sender);
  const cases: [name: string, authorization: string | undefined, answer: [number, string]][] = [
    ["a good one", fresh(), [200, ""]],
    ["none", undefined, [403, unreadable]],
    ["another scheme", "Bearer abc", [403, unreadable]],
    ["too few parts", "NHSMESH A:B:0:202601010000", [403, unreadable]],
    ["a count that is not a number", fresh().replace(":0:", ":x:"), [403, unreadable]],
    ["an endless nonce", testToken(server, sender, { nonce: "n".repeat(201) }), [403, unreadable]],
    ["another mailbox's", testToken(server, pharmacy), [403, "Mailbox id does not match token"]],
    ["a wrong password", testToken(server, sender, { password: "wrong" }), [403, notGenuine]],
    ["a wrong shared key", testToken(server, sender, { sharedKey: "wrong" }), [403, notGenuine]],
    ["another count than was signed", fresh().replace(":0:", ":1:"), [403, notGenuine]],
    ["a hash of another length", `${fresh().slice(0, -64)}abcd`, [403, unreadable]],
    ["made 1 h 59 min ago", testToken(server, sender, { now: new Date(now.getTime() - 1.98 * hour) }), [200, ""]],
    [
      "made 2 h 1 min ago",
      testToken(server, sender, { now: new Date(now.getTime() - 2.03 * hour) }),
      [403, notGenuine],
    ],
    [
      "made 2 h 1 min from now",
      testToken(server, sender, { now: new Date(now.getTime() + 2.03 * hour) }),
      [403, notGenuine],
    ],
  ];
  for (const [name, authorization, expected] of cases) {
    assert.deepEqual(await list(server, authorization), expected, name);
  }
});

test("an unknown mailbox is refused as the reference has it", async (t) => {
  const server = await startTestServer(t);

  const { status, json } = await testRequest(server, "NOBODY", { path: "/messageexchange/NOBODY/inbox" });

  assert.equal(status, 403);
  assert.deepEqual(json, { errorEvent: "SEND", errorCode: "EPL-151", errorDescription: "No mailbox matched" });
});

test("a mailbox id may be written in lower case, in the path and in the token", async (t) => {
  const server = await startTestServer(t);
  const authorization = testToken(server, sender, { mailboxId: sender.toLowerCase() });

  const { status } = await testRequest(server, sender, { path: inbox.toLowerCase(), headers: { authorization } });

  assert.equal(status, 200);
});

test("a token is good for one request, also of many at once, and after a restart", async (t) => {
  const server = await startTestServer(t);
  const read = testToken(server, sender);
  const write = testToken(server, sender);
  const send = async (): Promise<number> => {
    const { status } = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { authorization: write, "mex-to": pharmacy, "mex-workflowid": testWorkflow },
      body: "hello",
    });
    return status;
  };

  const reads = await Promise.all(Array.from({ length: 8 }, async () => (await list(server, read))[0]));
  const writes = await Promise.all(Array.from({ length: 8 }, send));
  await server.restart();

  assert.deepEqual(reads.sort(ascending), [200, 403, 403, 403, 403, 403, 403, 403]);
  assert.deepEqual(writes.sort(ascending), [202, 403, 403, 403, 403, 403, 403, 403]);
  assert.deepEqual(await list(server, read), [403, "Error Duplicated Authentication Token"]);
  assert.equal(await send(), 403);
  const listed = await testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox` });
  assert.equal((listed.json as { messages: string[] }).messages.length, 1);
});

test("one nonce counts as many times as its count goes up", async (t) => {
  const server = await startTestServer(t);
  const nonce = randomUUID();

  for (const nonceCount of [0, 1, 2]) {
    assert.equal((await list(server, testToken(server, sender, { nonce, nonceCount })))[0], 200);
  }
});

test("two mailboxes may use the same nonce and count", async (t) => {
  const server = await startTestServer(t);
  const nonce = randomUUID();

  for (const mailboxId of [sender, pharmacy]) {
    const authorization = testToken(server, mailboxId, { nonce });
    const path = `/messageexchange/${mailboxId}/inbox`;
    assert.equal((await testRequest(server, mailboxId, { path, headers: { authorization } })).status, 200);
  }
});
