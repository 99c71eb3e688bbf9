import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { parseMessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import { answer, clientOf, type Reaction, startFaultyPeer } from "./faulty-peer.ts";

const messageId = parseMessageId("20260302102030123456_1B8F53");

test("answers of version 1 and of version 2 are read alike", async (t) => {
  const both = async (status: number, answers: readonly [v1: unknown, v2: unknown]): Promise<MeshClient> => {
    const peer = await startFaultyPeer(
      t,
      answers.map((body) => answer(status, body)),
    );
    return clientOf(t, peer.url);
  };
  const message = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: "x" };
  const chunk = { number: 2, total: 2, body: "x" };

  const sending = await both(202, [{ messageID: messageId }, { message_id: messageId }]);
  assert.deepEqual(await sending.send(message), await sending.send(message));
  const chunks = await both(202, [{ messageID: messageId, blockID: 2 }, null]);
  for (let version = 1; version <= 2; version += 1) await chunks.sendChunk(messageId, chunk);
  const acknowledging = await both(200, [{ messageId }, ""]);
  for (let version = 1; version <= 2; version += 1) await acknowledging.acknowledge(messageId);
  const greeting = await both(200, [{ mailboxId: "Y90001OT001" }, ""]);
  for (let version = 1; version <= 2; version += 1) await greeting.handshake();

  const counting = await both(200, [{ count: 7, internalID: messageId, allResultsIncluded: false }, { count: 7 }]);
  assert.deepEqual(
    [await counting.count(), await counting.count()],
    [{ count: 7, allResultsIncluded: false }, { count: 7 }],
  );
  const listing = await both(200, [{ messages: [messageId] }, { messages: [messageId], links: { self: "/" } }]);
  assert.deepEqual(await listing.list(), await listing.list());
  const found = { description: "A practice", endpoint_type: "MESH", address: "Y90002OT001" };
  const looking = await both(200, [
    { query_id: "q", results: [found] },
    { results: [{ mailbox_id: "Y90002OT001", mailbox_name: "A practice" }] },
  ]);
  assert.deepEqual(await looking.lookup("Y90002", "W"), await looking.lookup("Y90002", "W"));
  const failing = await both(200, ["", ""]);
  await assert.rejects(failing.count(), { code: "unexpected-answer" });
});

test("headers are known in whatever case they come, mixed and repeated", async (t) => {
  const packed = gzipSync("the document");
  const head = [
    "HTTP/1.1 200 OK",
    `Content-LENGTH: ${packed.length}`,
    "CONTENT-Encoding: GZIP",
    "Mex-MessageType: DATA",
    "mex-messagetype: REPORT",
    "MEX-FROM: Y90002OT001",
    "mEx-cHuNk-RaNgE: 1:1",
    "Mex-LocalID: a Local Id",
    "Mex-Total-CHUNKS: 1",
    "\r\n",
  ].join("\r\n");
  const whole: Reaction = (socket) => void socket.write(Buffer.concat([Buffer.from(head), packed]));
  const report = answer(200, "", {
    "mex-MESSAGETYPE": "REPORT",
    "Mex-LinkedMsgID": messageId,
    "MEX-STATUSCODE": "14",
    "Mex-Chunk-Range": "1:0",
  });
  const peer = await startFaultyPeer(t, [whole, report]);
  const client = await clientOf(t, peer.url);
  const message = await client.download(messageId);
  assert.equal((await buffer(message.body)).toString(), "the document");
  const { messageType, from, localId, chunkRange } = message.headers;
  assert.deepEqual([messageType, from, localId, chunkRange], ["DATA", "Y90002OT001", "a Local Id", "1:1"]);
  assert.equal(message.report, undefined);
  const { report: read, body } = await client.download(messageId);
  assert.deepEqual([read?.linkedMessageId, read?.code], [messageId, "14"]);
  assert.equal((await buffer(body)).length, 0);
});
