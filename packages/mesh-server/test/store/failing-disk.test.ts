import assert from "node:assert/strict";
import { test } from "node:test";

import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import { startServerProcess, testClient, testMailboxes, testRequest, testToken, testWorkflow } from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const skip = process.platform === "win32" ? "Windows has no limit on the size of files to fail with" : false;

test(
  "once a write has failed the server takes nothing more, and after a new start has all it said 202 to",
  { skip },
  async (t) => {
    // The operating system refuses to let any file grow beyond this: the journal is the first to meet it.
    const server = await startServerProcess(t, { limits: { fileSizeKb: 1500 } });
    await using client = await testClient(server, sender, { retries: { attempts: 1 } });
    const accepted: MessageId[] = [];
    let failure: unknown;

    while (failure === undefined) {
      try {
        const body = Buffer.alloc(50_000);
        accepted.push((await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId);
        assert.ok(accepted.length < 1000, "the limit was met");
      } catch (error) {
        failure = error;
      }
    }
    assert.ok(failure instanceof MeshClientError);
    assert.deepEqual([failure.code, failure.status, failure.retry], ["server-failed", 500, "ambiguous"]);
    await server.events.next("server-failed");
    for (let again = 0; again < 3; again += 1) {
      await assert.rejects(
        client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") }),
        (error) => error instanceof MeshClientError && error.status === 503 && error.retry === "safe",
      );
    }

    // What is read uses a token up, and that must be recorded too.
    const path = `/messageexchange/${pharmacy}/inbox`;
    const authorization = testToken(server, pharmacy);
    const statuses = [];
    for (let again = 0; again < 3; again += 1) {
      statuses.push((await testRequest(server, pharmacy, { path, headers: { authorization } })).status);
    }
    assert.ok(statuses.filter((status) => status === 200).length <= 1, `answered ${statuses.join(", ")}`);
    assert.equal((await testRequest(server, pharmacy, { path })).status, 503);

    await server.kill();
    await server.start();

    await using receiver = await testClient(server, pharmacy);
    const listed: MessageId[] = [];
    for await (const messageId of receiver.listAll()) listed.push(messageId);
    assert.deepEqual(listed.slice(0, accepted.length), accepted);
    assert.ok(listed.length <= accepted.length + 1, "the send that failed may be there");
  },
);

test(
  "a body that does not fit on the disk is refused as safe to send again, and leaves no file",
  { skip },
  async (t) => {
    const server = await startServerProcess(t, { limits: { fileSizeKb: 1500 } });

    const answer = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow },
      body: Buffer.alloc(2_000_000),
    });

    assert.equal(answer.status, 503);
    await using client = await testClient(server, sender);
    await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("small") });
  },
);
