import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import type { MessageId } from "@restante/mesh";
import { MeshClientError, wasAccepted } from "@restante/mesh-client";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";
import { startRenamingServer } from "./renaming-server.ts";

const { sender, practice } = testMailboxes;

test("any id that a server gives is taken as it is and can be asked for: hex, a path, a device, a space, an emoji", async (t) => {
  const ids = [
    "0f8b2c4d6e8a4c1f9b3d5e7f60718293",
    "../../inbox",
    "a/b?c#d%2F",
    "CON",
    "Abc",
    "aBC",
    " ",
    "\u{1F48C}",
    "x".repeat(255),
  ];
  const real = await startTestServer(t);
  const server = await startRenamingServer(t, real, [sender, practice], ids);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  for (const [index, id] of ids.entries()) {
    const body = `message ${index}`;
    const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body });
    assert.equal(messageId, id);
    assert.equal((await from.track(messageId)).messageId, id);
    assert.deepEqual((await to.list()).messageIds, [id]);
    assert.equal((await buffer((await to.download(messageId)).body)).toString(), body);
    await to.acknowledge(messageId);
    assert.deepEqual((await to.list()).messageIds, []);
  }
});

test("an id is percent-encoded in every path, and never leaves it", async (t) => {
  const peer = await startFaultyPeer(t, [answer(404)]);
  const client = await clientOf(t, peer.url);
  const id = "../a/b?c" as MessageId;
  await assert.rejects(client.download(id), { code: "not-found" });
  await assert.rejects(client.acknowledge(id), { code: "not-found" });
  await assert.rejects(client.track(id), { code: "not-found" });
  await assert.rejects(client.sendChunk(id, { number: 2, total: 2, body: "x" }), { code: "not-found" });
  const mailbox = "/messageexchange/Y90001OT001";
  assert.deepEqual(
    peer.requests.map((head) => head.split(" ")[1]),
    [
      `${mailbox}/inbox/..%2Fa%2Fb%3Fc`,
      `${mailbox}/inbox/..%2Fa%2Fb%3Fc/status/acknowledged`,
      `${mailbox}/outbox/tracking?messageID=..%2Fa%2Fb%3Fc`,
      `${mailbox}/outbox/..%2Fa%2Fb%3Fc/2`,
    ],
  );
});

test("a send that was accepted under an id that cannot be read is told as accepted, and is not made again", async (t) => {
  const accepted = answer(202, { message_id: "x" });
  const peer = await startFaultyPeer(t, [
    answer(202, {}),
    answer(202, { message_id: "x".repeat(256) }),
    answer(202, { message_id: "a\nb" }),
    answer(202, { message_id: ".." }),
    answer(202, "not JSON"),
    (socket) => void socket.write(accepted.slice(0, -5), () => socket.destroy()),
  ]);
  const client = await clientOf(t, peer.url);
  for (let count = 1; count <= 6; count += 1) {
    const error: unknown = await client.send({ to: "Y90002OT001", workflowId: "W", body: "x" }).catch((error) => error);
    assert.ok(error instanceof MeshClientError);
    assert.equal(error.retry, "ambiguous");
    assert.equal(error.status, 202);
    assert.ok(wasAccepted(error));
    assert.equal(peer.requests.length, count);
  }
  const lost = new MeshClientError("answer-lost", "No answer.", { retry: "ambiguous" });
  assert.equal(wasAccepted(lost), false);
  assert.equal(wasAccepted(new MeshClientError("refused", "No.", { answer: { status: 400 } })), false);
});
