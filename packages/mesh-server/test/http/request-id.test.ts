import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, type TestAnswer, testMailboxes, testRequest, type TestServer } from "@restante/testbed";

const { sender } = testMailboxes;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function ask(server: TestServer, id: string | undefined, path = "count"): Promise<TestAnswer> {
  const headers = { "x-request-id": id };
  return testRequest(server, sender, { path: `/messageexchange/${sender}/${path}`, headers });
}

test("a request's x-request-id is given back, whatever the answer", async (t) => {
  const server = await startTestServer(t);

  for (const path of ["count", "inbox?max_results=1", "inbox/20260302102030456000_ABCDEF", "no/such/path", "outbox"]) {
    assert.equal((await ask(server, "Root=1-67891233-abcdef", path)).headers["x-request-id"], "Root=1-67891233-abcdef");
  }
  assert.equal((await ask(server, "x".repeat(128))).headers["x-request-id"], "x".repeat(128));
});

test("a request without an x-request-id, or with one that is too long or unsafe, is given another each time", async (t) => {
  const server = await startTestServer(t);
  const given = new Set<string>();

  for (const id of [undefined, undefined, "", "x".repeat(129), "a b", "a\tb", 'a"b', "a,b", "<a>", "\u00E9"]) {
    const { status, headers } = await ask(server, id);
    assert.equal(status, 200);
    assert.match(String(headers["x-request-id"]), uuid);
    given.add(String(headers["x-request-id"]));
  }
  assert.equal(given.size, 10);
});

test("the event of a refusal names the request, unless its name may be somebody's", async (t) => {
  const server = await startTestServer(t);
  const told = async (id: string | undefined, path: string): Promise<[string | undefined, unknown]> => {
    const { headers } = await ask(server, id, path);
    return [server.events.of("request-refused").at(-1)?.requestId, headers["x-request-id"]];
  };

  const [own, given] = await told("0f8fad5b-d9cb-469f-a165-70867728950e", "inbox?max_results=1");
  assert.deepEqual([own, given], ["0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e"]);
  const [made, back] = await told(undefined, "no/such/path");
  assert.equal(made, back);

  // Each a refusal of another kind: those of one kind are counted, not told.
  const kinds = ["inbox/20260302102030456000_ABCDEF", "outbox", "outbox/tracking/none", "x"];
  for (const [index, id] of ["Jane.Doe", "jane-doe-19620504", "9912830164", "0000000-9912830164-0"].entries()) {
    const fresh = await startTestServer(t);
    await ask(fresh, id, kinds[index]);
    const [event] = fresh.events.of("request-refused");
    assert.ok(event !== undefined);
    assert.equal(event.requestId, undefined, id);
  }
});
