import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testClient, testMailboxes, testRequest, testWorkflow } from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const root = `/messageexchange/${sender}`;
const id = "20260302102030456000_ABCDEF";
const v2 = "application/vnd.mesh.v2+json";

/** The paths of the API, and what each takes. */
const paths = [
  [root, "GET, OPTIONS, POST"],
  [`${root}/update`, "OPTIONS, POST"],
  [`${root}/inbox`, "GET, OPTIONS"],
  [`${root}/outbox/rich`, "GET, OPTIONS"],
  [`${root}/count`, "GET, OPTIONS"],
  [`${root}/inbox/${id}`, "GET, HEAD, OPTIONS"],
  [`${root}/inbox/${id}/2`, "GET, OPTIONS"],
  [`${root}/inbox/${id}/status/acknowledged`, "OPTIONS, PUT"],
  [`${root}/outbox`, "OPTIONS, POST"],
  [`${root}/outbox/${id}/2`, "OPTIONS, POST"],
  [`${root}/outbox/tracking`, "GET, OPTIONS"],
  ["/messageexchange/endpointlookup/FY901/TEST", "GET, OPTIONS"],
  ["/messageexchange/workflowsearch/TEST", "GET, OPTIONS"],
  ["/livez", "GET, HEAD, OPTIONS"],
] as const;

test("a path of the API with another method is 405 and says which it has, in the shape of each version", async (t) => {
  const server = await startTestServer(t);

  for (const [path, allow] of paths) {
    const { status, headers, json } = await testRequest(server, sender, { method: "DELETE", path });
    assert.deepEqual([path, status, headers.allow], [path, 405, allow]);
    assert.deepEqual(json, { errorEvent: "", errorCode: "", errorDescription: "Method Not Allowed" });
  }
  const second = await testRequest(server, sender, {
    method: "PATCH",
    path: `${root}/inbox?max_results=10`,
    headers: { accept: v2 },
    body: "x".repeat(100_000),
  });
  assert.deepEqual([second.status, second.headers["content-type"], second.headers.allow], [405, v2, "GET, OPTIONS"]);
  assert.deepEqual(second.json, { detail: [{ event: "", code: "", msg: "Method Not Allowed" }] });
});

test("OPTIONS is answered with what a path takes, without a token, and nothing else", async (t) => {
  const server = await startTestServer(t);

  for (const [path, allow] of paths) {
    const { status, headers, body } = await testRequest(server, sender, {
      method: "OPTIONS",
      path,
      headers: { authorization: undefined },
    });
    assert.deepEqual([path, status, headers.allow, body.length], [path, 204, allow, 0]);
    assert.deepEqual([headers["content-type"], headers["content-length"]], [undefined, undefined]);
  }
  assert.deepEqual(server.events.of("request-refused"), []);
});

test("a path that is none of the API is 404 with every method", async (t) => {
  const server = await startTestServer(t);

  for (const method of ["GET", "DELETE", "OPTIONS", "POST"]) {
    for (const path of [
      "/messageexchange",
      "/admin/reset",
      "/messageexchange/admin/reset/all",
      `${root}/inbox/x/y/z`,
    ]) {
      assert.equal((await testRequest(server, sender, { method, path })).status, 404, `${method} ${path}`);
    }
  }
});

test("a path with a slash at its end is the same path", async (t) => {
  const server = await startTestServer(t);
  const headers = { "mex-to": pharmacy, "mex-workflowid": testWorkflow };
  const sent = await testRequest(server, sender, { method: "POST", path: `${root}/outbox/`, headers, body: "hello" });
  const { messageID } = sent.json as { messageID: string };
  const inbox = `/messageexchange/${pharmacy}/inbox`;

  const listed = await testRequest(server, pharmacy, { path: `${inbox}/?max_results=10` });
  const got = await testRequest(server, pharmacy, { path: `${inbox}/${messageID}/` });
  const tracked = await testRequest(server, sender, { path: `${root}/outbox/tracking/?messageID=${messageID}` });
  const acknowledged = await testRequest(server, pharmacy, {
    method: "PUT",
    path: `${inbox}/${messageID}/status/acknowledged/`,
  });

  assert.deepEqual([sent.status, listed.json], [202, { messages: [messageID] }]);
  assert.deepEqual([got.status, got.body.toString()], [200, "hello"]);
  assert.equal((tracked.json as { messageId: string }).messageId, messageID);
  assert.equal(acknowledged.status, 200);
  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, []);
});
