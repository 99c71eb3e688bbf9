import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { newMessageId } from "@restante/mesh";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testkit";
import { answer, clientOf, type Reaction, startFaultyPeer } from "./faulty-peer.ts";

const { sender, practice } = testMailboxes;
const id = newMessageId(new Date());

test("compressed content is decompressed, or given as it was sent", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const content = Buffer.from("again and ".repeat(1000));
  const packed = gzipSync(content);
  const { messageId } = await from.send({
    to: practice,
    workflowId: testWorkflow,
    body: packed,
    contentEncoding: "gzip",
  });

  const decoded = await to.download(messageId);
  assert.equal(decoded.contentEncoding, undefined);
  assert.deepEqual(await buffer(decoded.body), content);

  const raw = await to.download(messageId, { decode: false });
  assert.equal(raw.contentEncoding, "gzip");
  assert.deepEqual(await buffer(raw.body), packed);
});

test("a message that decompresses to more than the limit fails, and a limit that fits does not", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const { messageId } = await from.send({
    to: practice,
    workflowId: testWorkflow,
    body: gzipSync(Buffer.alloc(1_000_000)),
    contentEncoding: "gzip",
  });
  const { body } = await to.download(messageId, { maxBytes: 999_999 });
  await assert.rejects(buffer(body), { code: "too-large" });
  const fitting = await to.download(messageId, { maxBytes: 1_000_000 });
  assert.equal((await buffer(fitting.body)).length, 1_000_000);
});

test("a message that is not there, or not ours, is told as such", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  await assert.rejects(to.download(id), { code: "not-found", status: 404 });
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from("x") });
  await assert.rejects(from.download(messageId), { code: "unauthorised", status: 403 });
});

test("a message that is gone is told as such", async (t) => {
  const peer = await startFaultyPeer(t, [answer(410)]);
  const client = await clientOf(t, peer.url);
  await assert.rejects(client.download(id), { code: "gone", retry: "never" });
});

test("all chunks of a message are one body, each decompressed by itself", async (t) => {
  const chunks = ["one, ", "two, ", "three"];
  const gzipped = (text: string, status: number, range: string): Reaction => {
    const packed = gzipSync(text);
    const head = `HTTP/1.1 ${status} OK\r\ncontent-length: ${packed.length}\r\nmex-chunk-range: ${range}\r\ncontent-encoding: gzip\r\n\r\n`;
    return (socket) => void socket.write(Buffer.concat([Buffer.from(head), packed]));
  };
  const peer = await startFaultyPeer(
    t,
    chunks.map((text, index) => gzipped(text, index === 2 ? 200 : 206, `${index + 1}:3`)),
  );
  const client = await clientOf(t, peer.url);
  const message = await client.download(id);
  assert.equal(message.chunks, 3);
  assert.equal((await buffer(message.body)).toString(), "one, two, three");
  const paths = peer.requests.map((head) =>
    head.split(" ")[1]?.slice(`/messageexchange/Y90001OT001/inbox/${id}`.length),
  );
  assert.deepEqual(paths, ["", "/2", "/3"]);
});

test("a body that breaks off is an error and not a short message", async (t) => {
  const whole = answer(200, "the whole of it", { "mex-chunk-range": "1:1" });
  const broken: Reaction = (socket) => void socket.write(whole.slice(0, -4), () => socket.destroy());
  const peer = await startFaultyPeer(t, [broken, answer(206, "one", { "mex-chunk-range": "1:2" }), answer(500)]);
  const client = await clientOf(t, peer.url);
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "answer-lost", retry: "safe" });
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "server-failed", retry: "safe" });
});

test("content that says it is gzip and is not fails", async (t) => {
  const peer = await startFaultyPeer(t, [answer(200, "not gzip", { "content-encoding": "gzip" })]);
  const client = await clientOf(t, peer.url);
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "body-unreadable" });
});

test("a body that nobody reads gives its connection back when it is destroyed", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice, { connections: 1 });
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.alloc(2_000_000) });
  for (let count = 0; count < 3; count += 1) (await to.download(messageId)).body.destroy();
  assert.equal((await to.list()).messageIds.length, 1);
});

test("giving up ends a download", async (t) => {
  const half: Reaction = (socket) => void socket.write(answer(200, "the whole of it").slice(0, -4));
  const peer = await startFaultyPeer(t, [half]);
  const client = await clientOf(t, peer.url);
  const controller = new AbortController();
  const { body } = await client.download(id, { signal: controller.signal });
  const reading = buffer(body);
  body.once("data", () => controller.abort());
  await assert.rejects(reading, { code: "aborted", retry: "safe" });
});
