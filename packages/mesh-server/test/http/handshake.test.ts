import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testMailboxes, testRequest } from "@restante/testbed";

const path = `/messageexchange/${testMailboxes.sender}`;
const headers = { "mex-clientversion": "test==1", "mex-osname": "Linux", "mex-osversion": "6" };

test("a handshake answers with the mailbox id in version 1 and with nothing in version 2", async (t) => {
  const server = await startTestServer(t);
  const ask = (accept?: string): ReturnType<typeof testRequest> =>
    testRequest(server, testMailboxes.sender, { method: "POST", path, headers: { ...headers, accept } });

  const first = await ask();
  const second = await ask("application/vnd.mesh.v3+json, */*");

  assert.deepEqual([first.status, first.json], [200, { mailboxId: testMailboxes.sender }]);
  assert.deepEqual([second.status, second.body.length], [200, 0]);
});

test("a handshake by GET is one by POST", async (t) => {
  const server = await startTestServer(t);

  for (const [accept, json] of [
    [undefined, { mailboxId: testMailboxes.sender }],
    ["application/vnd.mesh.v2+json", undefined],
  ] as const) {
    const answer = await testRequest(server, testMailboxes.sender, { path, headers: { ...headers, accept } });
    assert.deepEqual([answer.status, answer.json], [200, json]);
  }
  assert.equal((await testRequest(server, testMailboxes.sender, { path })).status, 400);
  const strange = await testRequest(server, testMailboxes.sender, { path, headers: { ...headers, authorization: "" } });
  assert.equal(strange.status, 403);
});

test("a client that reports its version is thanked with nothing, if it is who it says it is", async (t) => {
  const server = await startTestServer(t);
  const update = `${path}/update`;
  const body = '{"version":"1"}';

  const answer = await testRequest(server, testMailboxes.sender, { method: "POST", path: update, body });
  const strange = await testRequest(server, testMailboxes.pharmacy, { method: "POST", path: update, body });

  assert.deepEqual([answer.status, answer.body.length, answer.headers["content-type"]], [200, 0, undefined]);
  assert.equal(strange.status, 403);
});

test("a handshake without what the client is made of is 400", async (t) => {
  const server = await startTestServer(t);

  const answer = await testRequest(server, testMailboxes.sender, { method: "POST", path });

  assert.equal(answer.status, 400);
  const { detail } = answer.json as { detail: { loc: string[] }[] };
  assert.deepEqual(
    detail.map(({ loc }) => loc.join(".")),
    ["header.mex-clientversion", "header.mex-osname", "header.mex-osversion"],
  );
});

test("a resource that does not exist is 404, in the shape of an error", async (t) => {
  const server = await startTestServer(t);

  const answer = await testRequest(server, testMailboxes.sender, { path: "/nothing" });

  assert.equal(answer.status, 404);
  assert.deepEqual(answer.json, { errorEvent: "", errorCode: "", errorDescription: "Not Found" });
});
