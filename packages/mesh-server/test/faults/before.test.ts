import assert from "node:assert/strict";
import { test } from "node:test";

import { testClient, testMailboxes, testWorkflow, waitFor } from "@restante/testbed";
import { MeshClientError } from "@restante/mesh-client";

import type { RequestPoint } from "../../src/faults/effects.ts";
import { ask, type DoorName, failureOf, type FaultyServer, newToken, startFaultyServer } from "./faulty-server.ts";
import { listed, prepare, type Prepared } from "./requests.ts";

const { sender, pharmacy } = testMailboxes;
const points = Object.keys(prepare) as RequestPoint[];
const doors: readonly DoorName[] = ["https", "http"];

/** With the token of a request that a fault met: nothing was done, and the token is good. */
async function goesThrough(server: FaultyServer, door: DoorName, prepared: Prepared, token: string): Promise<void> {
  const { request, status, isDone } = prepared;
  if (isDone !== undefined) assert.equal(await isDone(), false, "nothing is done");
  assert.equal((await ask(server, door, { ...request, token })).status, status, "the token is good");
  if (isDone !== undefined) assert.equal(await isDone(), true);
}

for (const at of points) {
  test(`a status asked for at ${at} is answered before anything is done, and its token is good`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const prepared = await prepare[at](server);
      const token = newToken(server, prepared.request.mailboxId);
      const { faultId } = await server.faults.control.next({ at, do: "status", status: 503, retryAfter: 7 });

      const answer = await ask(server, door, { ...prepared.request, token });

      assert.deepEqual([answer.status, answer.headers["retry-after"]], [503, "7"]);
      assert.deepEqual(answer.json, { errorEvent: "", errorCode: "", errorDescription: "Service Unavailable" });
      const told = server.events.of("fault-done").at(-1);
      const mailbox = at === "lookup" ? {} : { mailboxId: prepared.request.mailboxId };
      assert.deepEqual(told, { event: "fault-done", faultId, at, do: "status", ...mailbox });
      await goesThrough(server, door, prepared, token);
    }
    assert.deepEqual(server.events.of("request-refused"), []);
  });

  test(`a reset at ${at} cuts the connection before anything is done, and its token is good`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const prepared = await prepare[at](server);
      const token = newToken(server, prepared.request.mailboxId);
      await server.faults.control.next({ at, do: "reset" });

      assert.equal(await failureOf(ask(server, door, { ...prepared.request, token })), "ECONNRESET");

      await goesThrough(server, door, prepared, token);
    }
    assert.deepEqual(server.events.of("request-refused"), []);
  });

  test(`what hangs at ${at} is let go when its fault is cleared, nothing is done, and its token is good`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const prepared = await prepare[at](server);
      const token = newToken(server, prepared.request.mailboxId);
      const { faultId } = await server.faults.control.next({ at, do: "hang" });
      const hanging = failureOf(ask(server, door, { ...prepared.request, token }));
      await server.events.next("fault-done", (event) => event.faultId === faultId);

      // Used up, but something hangs of it.
      await waitFor(async () => (await server.faults.control.list()).faults.length === 1);
      assert.deepEqual(await server.faults.control.clear({ faultId }), { cleared: 1 });

      assert.equal(await hanging, "ECONNRESET");
      await goesThrough(server, door, prepared, token);
    }
  });

  test(`a delay at ${at} comes before all else, then the request is served`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const prepared = await prepare[at](server);
      const { faultId } = await server.faults.control.next({ at, do: "delay", for: "10m" });
      const slow = ask(server, door, prepared.request);
      await server.events.next("fault-done", (event) => event.faultId === faultId);
      if (prepared.isDone !== undefined) assert.equal(await prepared.isDone(), false);

      // Cleared, it is over at once.
      await server.faults.control.clear({ faultId });

      assert.equal((await slow).status, prepared.status);
      if (prepared.isDone !== undefined) assert.equal(await prepared.isDone(), true);
    }
  });
}

test("a delay is over when its time is up, drawn between two", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  await server.faults.control.next({ at: "list", do: "delay", for: "100ms", to: "200ms" });

  const began = performance.now();
  const answer = await ask(server, "https", request);

  assert.equal(answer.status, 200);
  assert.ok(performance.now() - began >= 99);
  assert.deepEqual((await server.faults.control.list()).faults, []);
});

test("what is cleared during a delay before it does not hang afterwards", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  await server.faults.control.next({ at: "list", do: "delay", for: "5m" });
  await server.faults.control.next({ at: "list", do: "hang" });
  const waiting = failureOf(ask(server, "https", request));
  await waitFor(() => server.events.of("fault-done").length === 2);

  assert.deepEqual(await server.faults.control.clear(), { cleared: 2 });

  assert.equal(await waiting, "ECONNRESET");
  assert.deepEqual((await server.faults.control.list()).faults, []);
});

test("a client that goes during a delay leaves nothing done", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.send(server);
  for (const door of doors) {
    const { faultId } = await server.faults.control.next({ at: "send", do: "delay", for: "5m" });
    const gone = new AbortController();
    const sending = failureOf(ask(server, door, { ...request, signal: gone.signal }));
    await server.events.next("fault-done", (event) => event.faultId === faultId);

    gone.abort();

    assert.equal(await sending, "ABORT_ERR");
    // Nothing waits any more, though its time is not up.
    await waitFor(async () => (await server.faults.control.list()).faults.length === 0);
    assert.deepEqual(await listed(server), []);
  }
});

test("a client that goes while it hangs leaves nothing behind, also with a body under way", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.send(server);
  for (const door of doors) {
    const { faultId } = await server.faults.control.next({ at: "send", do: "hang" });
    const gone = new AbortController();
    const body = "x".repeat(1_000_000);
    const sending = failureOf(ask(server, door, { ...request, body, signal: gone.signal }));
    await server.events.next("fault-done", (event) => event.faultId === faultId);

    gone.abort();

    assert.equal(await sending, "ABORT_ERR");
    await waitFor(async () => (await server.faults.control.list()).faults.length === 0);
    assert.deepEqual(await listed(server), []);
  }
});

test("the body of a status is the API's own, in the version asked for, or the given one, or none", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.download(server);
  const answered = async (
    effect: { status: number; body?: string },
    accept?: string,
  ): Promise<[number, string | undefined, unknown]> => {
    await server.faults.control.next({ at: "download", do: "status", ...effect });
    const headers = accept === undefined ? {} : { accept };
    const { status, headers: said, json, body } = await ask(server, "https", { ...request, headers });
    return [status, said["content-type"], json ?? body];
  };
  const v2 = "application/vnd.mesh.v2+json";

  const [status, type, gone] = await answered({ status: 410 }, v2);
  assert.deepEqual([status, type], [410, v2]);
  assert.deepEqual(Object.keys((gone as { detail: object[] }).detail[0] ?? {}), ["event", "code", "msg"]);
  assert.deepEqual(await answered({ status: 502 }), [502, undefined, ""]);
  assert.deepEqual(await answered({ status: 502, body: "<h1>Bad Gateway</h1>" }), [
    502,
    "text/plain; charset=utf-8",
    "<h1>Bad Gateway</h1>",
  ]);
  assert.deepEqual(await answered({ status: 500, body: '{"a":1}' }), [500, "application/json", { a: 1 }]);
});

test("a HEAD of a status has no body", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.download(server);
  await server.faults.control.next({ at: "download", do: "status", status: 503 });

  const answer = await ask(server, "https", { ...request, method: "HEAD" });

  assert.deepEqual([answer.status, answer.body, answer.isCut], [503, "", false]);
});

test("our client tells a status, a reset and a hang apart, and sends what was not sent", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const message = { to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") };

  await server.faults.control.next({ at: "send", do: "status", status: 417 });
  await assert.rejects(client.send(message), (error) => error instanceof MeshClientError && error.retry === "never");
  await server.faults.control.next({ at: "send", do: "reset" });
  await assert.rejects(
    client.send(message),
    (error) => error instanceof MeshClientError && error.retry === "ambiguous",
  );
  assert.deepEqual(await listed(server), []);
  const { messageId } = await client.send(message);

  assert.deepEqual(await listed(server), [messageId]);
});
