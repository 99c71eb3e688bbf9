import assert from "node:assert/strict";
import { test } from "node:test";

import {
  settableClock,
  startTestServer,
  type TestAnswer,
  testClient,
  testMailboxes,
  testRequest,
  testToken,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;

test("beyond its requests a second a mailbox is told when to come again, and others are served", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxRequestsPerSecond: 2 } });
  const count = (mailboxId: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    testRequest(server, mailboxId, { path: `/messageexchange/${mailboxId}/count`, headers });
  const statuses = async (mailboxId: string, times: number): Promise<number[]> => {
    const answers: TestAnswer[] = [];
    for (let time = 0; time < times; time += 1) answers.push(await count(mailboxId));
    return answers.map(({ status }) => status);
  };

  assert.deepEqual(await statuses(sender, 4), [200, 200, 429, 429]);
  assert.deepEqual(await statuses(pharmacy, 2), [200, 200]);
  const { headers, json } = await count(sender, { accept: "application/vnd.mesh.v2+json" });
  assert.deepEqual([headers["retry-after"], headers["vary"]], ["1", "Accept"]);
  assert.deepEqual(json, { detail: [{ event: "", code: "", msg: "Too Many Requests" }] });

  clock.advance(500);
  assert.deepEqual(await statuses(sender, 2), [200, 429], "half a second has room for half of them");
  clock.advance(60_000);
  assert.deepEqual(await statuses(sender, 3), [200, 200, 429], "what a minute did not use is not saved up");
  clock.advance(-30_000);
  assert.deepEqual(await statuses(sender, 1), [429]);
  clock.advance(1000);
  assert.deepEqual(await statuses(sender, 3), [200, 200, 429], "a clock that was put back is gone on from");
});

test("the token of a request that came too soon is not used up, and what it would have sent is sent once", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { maxRequestsPerSecond: 1 } });
  const authorization = testToken(server, sender);
  const send = (): Promise<TestAnswer> =>
    testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { authorization, "mex-to": pharmacy, "mex-workflowid": testWorkflow },
      body: "a letter".repeat(100_000),
    });
  await testRequest(server, sender, { path: `/messageexchange/${sender}/count` });

  assert.deepEqual([(await send()).status, (await send()).status], [429, 429]);
  clock.advance(1000);
  assert.equal((await send()).status, 202);
  clock.advance(1000);
  assert.equal((await send()).status, 403, "used now");

  const list = await testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox` });
  assert.equal((list.json as { messages: string[] }).messages.length, 1);
});

test("who is not that mailbox uses up none of its requests", async (t) => {
  const server = await startTestServer(t, { clock: settableClock(), config: { maxRequestsPerSecond: 1 } });
  const path = `/messageexchange/${sender}/count`;
  const authorization = testToken(server, sender);
  const wrong = [testToken(server, sender, { password: "wrong" }), testToken(server, pharmacy), "none"];

  for (const forged of wrong) {
    assert.equal((await testRequest(server, pharmacy, { path, headers: { authorization: forged } })).status, 403);
  }
  assert.equal((await testRequest(server, sender, { path, headers: { authorization } })).status, 200);
  assert.equal((await testRequest(server, sender, { path, headers: { authorization } })).status, 403, "replayed");
});

test("who only watches the server, or asks what a path can do, uses up no mailbox's requests; the rich lists do", async (t) => {
  const server = await startTestServer(t, { clock: settableClock(), config: { maxRequestsPerSecond: 1 } });
  const rich = `/messageexchange/${sender}/outbox/rich`;

  for (const path of ["/livez", "/readyz", "/health", "/messageexchange/_ping", "/openapi.json"]) {
    for (let time = 0; time < 3; time += 1)
      assert.equal((await testRequest(server, sender, { path })).status, 200, path);
  }
  assert.equal((await testRequest(server, sender, { method: "OPTIONS", path: rich })).status, 204);
  assert.equal((await testRequest(server, sender, { method: "DELETE", path: rich })).status, 405);
  assert.deepEqual(
    [
      (await testRequest(server, sender, { path: rich })).status,
      (await testRequest(server, sender, { path: rich })).status,
    ],
    [200, 429],
  );
});

test("without a limit there is none, and a client of ours waits for as long as it is told", async (t) => {
  const free = await startTestServer(t, { clock: settableClock() });
  const many = await Promise.all(
    Array.from({ length: 50 }, () => testRequest(free, sender, { path: `/messageexchange/${sender}/count` })),
  );
  assert.ok(many.every(({ status }) => status === 200));

  const limited = await startTestServer(t, { config: { maxRequestsPerSecond: 1 } });
  await using client = await testClient(limited, sender);
  await client.handshake();
  await client.handshake();
  const told = limited.events.of("request-refused");
  assert.ok(told.length <= 1, "told once, however often");
});
