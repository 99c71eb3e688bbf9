import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { newMessageId } from "@restante/mesh";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
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

test("a part of a message is never taken for the whole", async (t) => {
  const range = (text: string): Record<string, string> => ({ "mex-chunk-range": text });
  const one = answer(206, "one, ", range("1:2"));
  const download = async (...reactions: Reaction[]): Promise<string> => {
    const client = await clientOf(t, (await startFaultyPeer(t, reactions)).url);
    return (await buffer((await client.download(id)).body)).toString();
  };
  // As 200, though another follows.
  assert.equal(await download(answer(200, "one, ", range("1:2")), answer(200, "two", range("2:2"))), "one, two");
  assert.equal(await download(one, answer(206, "two", range("2:2"))), "one, two");
  for (const [reactions, message] of [
    [[answer(206, "one")], /a part of the message, and does not say of how many/],
    [[answer(206, "one", range("first"))], /a part of the message, and does not say of how many/],
    [[answer(200, "two", range("2:2"))], /chunk 2 of the message in the place of the first/],
    [[one, answer(200, "one, ", range("1:2"))], /chunk 1 of 2 of the message in the place of chunk 2 of 2/],
    [[one, answer(200, "two", range("2:3"))], /chunk 2 of 3 of the message in the place of chunk 2 of 2/],
  ] as const) {
    await assert.rejects(download(...reactions), { code: "unexpected-answer", message });
  }
});

const text = Buffer.from("again and again ".repeat(1000));
const packed = gzipSync(text);
const claims: [what: string, bytes: Buffer, words: RegExp][] = [
  ["is not", Buffer.from("not gzip"), /^The message says that it is compressed with gzip, and is not\.$/],
  ["is cut off", packed.subarray(0, -9), /ends too soon/],
  ["is damaged", Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)]), /and damaged/],
  ["has text behind its end", Buffer.concat([packed, Buffer.from("more")]), /has more behind its end|damaged/],
  ["hides text behind zeros", Buffer.concat([packed, Buffer.alloc(100), Buffer.from("more")]), /has more behind its/],
];

/** An answer with these bytes for its body. */
function bytesAnswer(bytes: Buffer, headers: Record<string, string>, status = 200): Reaction {
  const lines = Object.entries({ "content-length": String(bytes.length), ...headers });
  const head = `HTTP/1.1 ${status} OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return (socket) => void socket.write(Buffer.concat([Buffer.from(head), bytes]));
}

for (const [what, bytes, words] of claims) {
  test(`content that says it is gzip and ${what} is told as damaged for good, and can be had as it is`, async (t) => {
    const peer = await startFaultyPeer(t, [bytesAnswer(bytes, { "content-encoding": "gzip" })]);
    const client = await clientOf(t, peer.url);
    const { body } = await client.download(id);
    await assert.rejects(buffer(body), { code: "content-damaged", retry: "never", message: words });
    assert.equal(peer.requests.length, 1, "and is not asked for again");

    const raw = await client.download(id, { decode: false });
    assert.equal(raw.contentEncoding, "gzip");
    assert.deepEqual(await buffer(raw.body), bytes);
  });
}

test("gzip with zeros for padding, or of several members, is whole", async (t) => {
  const padded = Buffer.concat([packed, Buffer.alloc(200_000)]);
  const encoding = { "content-encoding": "gzip" };
  const peer = await startFaultyPeer(t, [
    bytesAnswer(padded, encoding),
    bytesAnswer(Buffer.concat([packed, packed]), encoding),
  ]);
  const client = await clientOf(t, peer.url);
  assert.ok(text.equals(await buffer((await client.download(id)).body)));
  assert.ok(Buffer.concat([text, text]).equals(await buffer((await client.download(id)).body)));
});

test("a report without a body may say that it is gzip", async (t) => {
  const headers = { "content-encoding": "gzip", "mex-messagetype": "REPORT" };
  const peer = await startFaultyPeer(t, [
    bytesAnswer(Buffer.of(), headers),
    bytesAnswer(Buffer.of(), { ...headers, "mex-messagetype": "DATA" }),
  ]);
  const client = await clientOf(t, peer.url);
  assert.equal((await buffer((await client.download(id)).body)).length, 0);
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "content-damaged" });
});

test("a connection cut in the middle of gzip is no damage: the message can be asked for again", async (t) => {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${packed.length}\r\ncontent-encoding: gzip\r\n\r\n`;
  const untold = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n`;
  const cut = (before: string): Reaction => {
    const bytes = Buffer.concat([Buffer.from(before), packed.subarray(0, -9)]);
    return (socket) => void socket.end(bytes);
  };
  const peer = await startFaultyPeer(t, [cut(head), cut(untold)]);
  const client = await clientOf(t, peer.url);
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "answer-lost", retry: "safe" });
  await assert.rejects(async () => buffer((await client.download(id)).body), { code: "answer-lost", retry: "safe" });
});

test("one gzip stream split over two chunks is damaged for whoever decodes it, and raw it is what was sent", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const half = Math.floor(packed.length / 2);
  const [one, two] = [packed.subarray(0, half), packed.subarray(half)];
  const encoding = { contentEncoding: "gzip" } as const;
  const envelope = { to: practice, workflowId: testWorkflow };
  const { messageId } = await from.send({ ...envelope, ...encoding, body: one, totalChunks: 2 });
  await from.sendChunk(messageId, { ...encoding, number: 2, total: 2, body: two });
  await assert.rejects(async () => buffer((await to.download(messageId)).body), {
    code: "content-damaged",
    retry: "never",
    message: "Chunk 1 of 2 of the message says that it is compressed with gzip, and ends too soon.",
  });
  const raw = await to.download(messageId, { decode: false });
  assert.ok(packed.equals(await buffer(raw.body)));
  assert.deepEqual(raw.chunkEncodings, ["gzip", "gzip"]);
});

test("each chunk is decoded as it says of itself, and one that is encoded in another way is not taken for text", async (t) => {
  const chunk = (bytes: Buffer, number: number, encoding?: string): Reaction =>
    bytesAnswer(
      bytes,
      { "mex-chunk-range": `${number}:2`, ...(encoding === undefined ? {} : { "content-encoding": encoding }) },
      number === 1 ? 206 : 200,
    );
  const two = Buffer.from("two");
  const mixed = [chunk(packed, 1, "x-gzip"), chunk(two, 2, "identity")];
  const unknown = [chunk(packed, 1, "gzip"), chunk(two, 2, "br")];
  const peer = await startFaultyPeer(t, [...mixed, ...mixed, ...unknown, ...unknown]);
  const client = await clientOf(t, peer.url);
  assert.ok(Buffer.concat([text, two]).equals(await buffer((await client.download(id)).body)));
  const raw = await client.download(id, { decode: false });
  assert.ok(Buffer.concat([packed, two]).equals(await buffer(raw.body)));
  assert.deepEqual(raw.chunkEncodings, ["gzip", undefined]);
  await assert.rejects(async () => buffer((await client.download(id)).body), {
    code: "content-damaged",
    message: "Chunk 2 of 2 of the message is encoded in another way than the first.",
  });
  const stored = await client.download(id, { decode: false });
  assert.ok(Buffer.concat([packed, two]).equals(await buffer(stored.body)));
  assert.deepEqual(stored.chunkEncodings, ["gzip", "br"]);
});

test("a gzip bomb is told as too large when it has given what is allowed, and no more is decompressed", async (t) => {
  const megabyte = 1024 * 1024;
  const bomb = Buffer.concat(Array.from({ length: 40 }, () => gzipSync(Buffer.alloc(10 * megabyte))));
  const peer = await startFaultyPeer(t, [bytesAnswer(bomb, { "content-encoding": "gzip" })]);
  const client = await clientOf(t, peer.url);
  const { body } = await client.download(id, { maxBytes: 10 * megabyte });
  const before = process.memoryUsage().arrayBuffers;
  let given = 0;
  let most = 0;
  await assert.rejects(
    async () => {
      for await (const piece of body as AsyncIterable<Buffer>) {
        given += piece.length;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
    },
    { code: "too-large", retry: "never" },
  );
  assert.ok(given <= 10 * megabyte, `${given} bytes given`);
  assert.ok(most < 100 * megabyte, `${most} bytes in buffers`);
});

test("a subject in windows-1252 has its curly quotes, and one in UTF-8 is as it was", async (t) => {
  const subjects = [
    Buffer.from("Ms O\x92Neill \x96 na\xEFve", "latin1"),
    Buffer.from("Ms O\u2019Neill \u2013 na\u00EFve"),
  ];
  const answers = subjects.map((subject): Reaction => {
    const [before, after] = ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\nmex-subject: ", "\r\n\r\n"].map((text) =>
      Buffer.from(text),
    );
    return (socket) => void socket.write(Buffer.concat([before ?? Buffer.of(), subject, after ?? Buffer.of()]));
  });
  const client = await clientOf(t, (await startFaultyPeer(t, answers)).url);
  for (const _ of subjects) {
    const { headers, body } = await client.download(id);
    body.destroy();
    assert.equal(headers.subject, "Ms O\u2019Neill \u2013 na\u00EFve");
  }
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

for (const encoding of ["identity", "gzip"]) {
  test(`a body that drips (${encoding}) fails like one that stopped, and may be tried again`, async (t) => {
    const head = answer(200, "", { "content-length": "100000", "content-encoding": encoding });
    const content = gzipSync(randomBytes(90_000));
    const drip: Reaction = (socket) => {
      socket.write(head);
      let at = 0;
      const dripping = setInterval(() => socket.write(content.subarray(at, ++at)), 20);
      socket.once("close", () => clearInterval(dripping));
    };
    const peer = await startFaultyPeer(t, [drip]);
    const client = await clientOf(t, peer.url, { requestTimeoutMs: 200 });
    const { body } = await client.download(id);
    await assert.rejects(buffer(body), { code: "timed-out", retry: "safe" });
  });
}
