import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testMailboxes, testRequest } from "@restante/testkit";

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
