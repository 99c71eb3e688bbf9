import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { isProductionMessageId } from "@restante/mesh";
import type { OutgoingMessage } from "@restante/mesh-client";
import { startTestServer, temporaryFolder, testClient, testMailboxes, testWorkflow } from "@restante/testbed";

const { sender, practice } = testMailboxes;
const envelope = { to: practice, workflowId: testWorkflow };

test("a message that is sent can be listed, downloaded, acknowledged and tracked", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);

  const body = Buffer.from("Dear practice, naïve café, Łódź");
  const { messageId } = await from.send({ ...envelope, body, localId: "L1", fileName: "letter.dat" });
  assert.ok(isProductionMessageId(messageId));
  assert.equal((await from.track(messageId)).status, "accepted");

  assert.deepEqual((await to.list()).messageIds, [messageId]);
  const message = await to.download(messageId);
  assert.deepEqual(await buffer(message.body), body);
  assert.equal(message.headers.from, sender);
  assert.equal(message.headers.to, practice);
  assert.equal(message.headers.workflowId, testWorkflow);
  assert.equal(message.headers.localId, "L1");
  assert.equal(message.headers.fileName, "letter.dat");

  await to.acknowledge(messageId);
  await to.acknowledge(messageId);
  assert.deepEqual((await to.list()).messageIds, []);
  assert.equal((await from.track(messageId)).status, "acknowledged");
});

test("the recipient is told what a file is called only where the caller says so, also of one that is uploaded", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const file = join(await temporaryFolder(t), "Smith 9990000018.pdf");
  await writeFile(file, "a letter");
  const unnamed = [
    await from.send({ ...envelope, body: new File(["a letter"], "Smith 9990000018.pdf") }),
    await from.send({ ...envelope, body: createReadStream(file) }),
    await from.upload({ ...envelope, body: { file } }),
    await from.upload({ ...envelope, body: { file } }, { chunkBytes: 3 }),
  ];
  // What MESH says of a message that came without a name.
  for (const { messageId } of unnamed) assert.equal((await to.head(messageId)).headers.fileName, `${messageId}.dat`);
  const named = await from.upload({ ...envelope, body: { file }, fileName: "letter.pdf" });
  assert.equal((await to.head(named.messageId)).headers.fileName, "letter.pdf");
});

test("text beyond Latin-1 in a header arrives as it was sent", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const { messageId } = await from.send({ ...envelope, body: Buffer.from("x"), subject: "Łukasz Wójcik – café ☕" });
  const { headers, body } = await to.download(messageId);
  body.destroy();
  assert.equal(headers.subject, "Łukasz Wójcik – café ☕");
});

test("a stream is sent whole, with its length told or not", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const content = Buffer.alloc(3_000_000, "0123456789");
  for (const bodyLength of [content.length, undefined]) {
    const body = (): Readable => Readable.from([content.subarray(0, 1_000_000), content.subarray(1_000_000)]);
    const { messageId } = await from.send({ ...envelope, body, bodyLength });
    assert.ok(content.equals(await buffer((await to.download(messageId)).body)));
  }
});

test("a refusal carries the server's event, code and words", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const body = Buffer.from("x");
  await assert.rejects(from.send({ ...envelope, to: "NOBODY", body }), {
    code: "refused",
    retry: "never",
    status: 417,
    event: "SEND",
    meshCode: "12",
    description: "Unregistered to address",
  });
  await assert.rejects(from.send({ ...envelope, workflowId: "UNHEARD_OF", body }), { status: 417, meshCode: "17" });
  await assert.rejects(from.send({ ...envelope, body: new Uint8Array() }), { event: "COLLECT", meshCode: "02" });
});

test("text, bytes, a Blob, and streams of Node.js and of the web are sent as they are", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const text = "Dear practice, naïve café, Łódź";
  const halves = [Buffer.from(text).subarray(0, 21), Buffer.from(text).subarray(21)];
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writing = new Blob([text]).stream().pipeTo(writable);
  const bodies: OutgoingMessage["body"][] = [
    text,
    Buffer.from(text),
    new Uint8Array(Buffer.from(text)),
    new Blob([text]),
    Readable.from(halves),
    Readable.from([text.slice(0, 3), text.slice(3)]),
    readable,
    () => Readable.from(halves),
    (async function* pieces() {
      yield* halves;
    })(),
  ];
  for (const body of bodies) {
    const { messageId } = await from.send({ ...envelope, body });
    assert.equal((await buffer((await to.download(messageId)).body)).toString(), text);
  }
  await writing;
  const bodyLength = Buffer.byteLength(text);
  const { messageId } = await from.send({ ...envelope, body: Readable.from(halves), bodyLength });
  assert.equal((await buffer((await to.download(messageId)).body)).toString(), text);
});

test("a stream that is longer or shorter than was told is not sent", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  for (const bodyLength of [5, 7, 14, 16]) {
    const body = (): Readable => Readable.from(["1234567", "89012345"]);
    const send = from.send({ ...envelope, body, bodyLength });
    await assert.rejects(send, { code: "request-invalid", retry: "never", field: "bodyLength" });
  }
  assert.deepEqual((await to.list()).messageIds, []);
});

test("a message in chunks is there when its last chunk is, and then takes no more", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const { messageId } = await from.send({ ...envelope, body: Buffer.from("one, "), totalChunks: 3 });
  await from.sendChunk(messageId, { number: 2, total: 3, body: Buffer.from("two, ") });
  await from.sendChunk(messageId, { number: 2, total: 3, body: () => Readable.from([Buffer.from("two, ")]) });
  assert.deepEqual((await to.list()).messageIds, []);
  assert.equal((await from.track(messageId)).status, "uploading");
  await from.sendChunk(messageId, { number: 3, total: 3, body: Buffer.from("three") });

  assert.deepEqual((await to.list()).messageIds, [messageId]);
  assert.equal((await buffer((await to.download(messageId)).body)).toString(), "one, two, three");
  const late = from.sendChunk(messageId, { number: 3, total: 3, body: Buffer.from("late") });
  await assert.rejects(late, { code: "refused", status: 423 });
});
