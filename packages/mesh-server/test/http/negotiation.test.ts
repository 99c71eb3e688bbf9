import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import {
  type ReachableServer,
  startTestServer,
  type TestAnswer,
  testMailboxes,
  testRequest,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const letter = randomBytes(1000);
const packed = gzipSync(letter);

async function send(server: ReachableServer, headers: Record<string, string>): Promise<string> {
  const { status, json } = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
    body: "content-encoding" in headers ? packed : letter,
  });
  assert.equal(status, 202);
  return (json as { messageID: string }).messageID;
}

function get(server: ReachableServer, messageId: string, headers: Record<string, string>): Promise<TestAnswer> {
  return testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox/${messageId}`, headers });
}

const encodings: [acceptEncoding: string | undefined, goes: "gzip" | "plain"][] = [
  // The API's default is an empty one.
  [undefined, "plain"],
  ["", "plain"],
  ["gzip", "gzip"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["gzip;q=1.0", "gzip"],
  ["gzip ; Q=0.001", "gzip"],
  ["deflate, br , gzip", "gzip"],
  ["*", "gzip"],
  ["deflate, *;q=0.5", "gzip"],
  ["identity;q=0.5, gzip;q=0.5", "gzip"],
  ["identity;q=0", "gzip"],
  ["identity;q=0, *", "gzip"],
  ["gzip;q=0", "plain"],
  ["gzip;q=0.000", "plain"],
  ["x-gzip;q=0", "plain"],
  ["gzip;q=0, *", "plain"],
  ["*, gzip;q=0", "plain"],
  ["*;q=0", "plain"],
  ["identity, *;q=0", "plain"],
  ["identity", "plain"],
  ["br, deflate", "plain"],
  ["gzipped", "plain"],
  ["gzip;q=0.5, identity", "plain"],
  ["*;q=0.5, gzip;q=0.1", "plain"],
];

test("a gzip body goes as it is stored to who takes gzip, and decoded to who does not, by RFC 9110", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, { "content-encoding": "gzip" });

  for (const [asked, goes] of encodings) {
    const answer = await get(server, messageId, asked === undefined ? {} : { "accept-encoding": asked });
    const name = String(asked);
    assert.equal(answer.status, 200, name);
    assert.equal(answer.headers["content-encoding"], goes === "gzip" ? "gzip" : undefined, name);
    assert.deepEqual(answer.body, goes === "gzip" ? packed : letter, name);
    assert.equal(answer.headers.vary, "Accept, Accept-Encoding", name);
  }
});

test("x-gzip is gzip to send as well, chunk by chunk", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, { "content-encoding": "X-Gzip", "mex-chunk-range": "1:2" });
  const path = `/messageexchange/${sender}/outbox/${messageId}/2`;

  const last = { method: "POST", path, headers: { "content-encoding": "gzip" }, body: packed };
  assert.equal((await testRequest(server, sender, last)).status, 202);

  const { headers, body } = await get(server, messageId, { "accept-encoding": "gzip" });
  assert.deepEqual([headers["content-encoding"], body], ["gzip", packed]);
  assert.deepEqual((await get(server, messageId, {})).body, letter);
});

test("a plain body is never encoded, whatever is asked for, and does not depend on it", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, {});

  for (const asked of ["gzip", "*", "gzip, identity;q=0"]) {
    const { status, headers, body } = await get(server, messageId, { "accept-encoding": asked });
    assert.deepEqual([status, headers["content-encoding"], body], [200, undefined, letter], asked);
    assert.equal(headers.vary, "Accept", asked);
  }
});

const versions: [accept: string | undefined, version: 1 | 2][] = [
  [undefined, 1],
  ["", 1],
  ["*/*", 1],
  ["application/*", 1],
  ["application/json", 1],
  ["application/vnd.mesh.v1+json", 1],
  ["application/vnd.mesh.v2+json", 2],
  ["Application/VND.mesh.V2+JSON", 2],
  ["application/vnd.mesh.v2+json; charset=utf-8", 2],
  ["application/vnd.mesh.v3+json", 2],
  ["application/vnd.mesh.v12+json", 2],
  ["application/json, application/vnd.mesh.v2+json", 2],
  ["application/vnd.mesh.v1+json, application/vnd.mesh.v2+json", 2],
  ["application/vnd.mesh.v2+json, */*", 2],
  ["application/vnd.mesh.v2+json, application/json;q=0.9", 2],
  ["application/json;q=0.9, application/vnd.mesh.v2+json;q=0.95", 2],
  ["application/vnd.mesh.v2+json;q=0.5, application/json", 1],
  ["application/vnd.mesh.v2+json;q=0.5, */*;q=0.8", 1],
  ["application/vnd.mesh.v2+json;q=0", 1],
  ["application/vnd.mesh.v2+json;q=0, */*", 1],
  ["application/json;q=0.5, */*", 1],
  // Version 1 is refused by name, and the other is not.
  ["application/json;q=0, application/*", 2],
  // Only what is said outside of quotes counts.
  ['text/plain;title="a, application/vnd.mesh.v2+json;q=1"', 1],
  // What fits nothing that there is.
  ["text/html", 1],
  ["text/html, image/*;q=0.5", 1],
  ["application/json;q=0", 1],
  ["application/vnd.mesh+json", 1],
  [',;,"', 1],
];

test("an Accept header asks for a version by what it names and how much it wants it; one that fits nothing gets version 1", async (t) => {
  const server = await startTestServer(t);
  const path = `/messageexchange/${pharmacy}/inbox`;

  for (const [accept, version] of versions) {
    const { status, headers, json } = await testRequest(server, pharmacy, {
      path,
      headers: accept === undefined ? {} : { accept },
    });
    const name = String(accept);
    assert.equal(status, 200, name);
    assert.equal("approx_inbox_count" in (json as object), version === 2, name);
    assert.equal(headers["content-type"], version === 2 ? "application/vnd.mesh.v2+json" : "application/json", name);
    assert.equal(headers.vary, "Accept", name);
  }
});

test("whatever has a version says that it depends on Accept, refused or not; a send is never refused for its Accept", async (t) => {
  const server = await startTestServer(t);
  const mailbox = `/messageexchange/${sender}`;
  const headers = { accept: "text/html;q=0.1", "mex-to": pharmacy, "mex-workflowid": testWorkflow };
  const requests: [status: number, request: Parameters<typeof testRequest>[2]][] = [
    [202, { method: "POST", path: `${mailbox}/outbox`, headers, body: "a letter" }],
    [200, { path: `${mailbox}/count` }],
    [200, { path: `/messageexchange/endpointlookup/FY901/${testWorkflow}` }],
    [200, { path: `/messageexchange/workflowsearch/${testWorkflow}` }],
    [400, { path: `${mailbox}/inbox?max_results=1` }],
    [403, { path: `${mailbox}/inbox`, headers: { authorization: "none" } }],
    [404, { path: `${mailbox}/inbox/20200101000000000000_ABCDEF` }],
    [404, { path: "/nowhere" }],
    [405, { method: "DELETE", path: `${mailbox}/inbox` }],
  ];
  for (const [status, request] of requests) {
    const answer = await testRequest(server, sender, request);
    assert.deepEqual([answer.status, answer.headers.vary], [status, "Accept"], request.path);
  }
});
