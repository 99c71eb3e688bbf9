import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import type { MessageId } from "@restante/mesh";
import {
  addressOf,
  type ReachableServer,
  settableClock,
  startServerProcess,
  startTestServer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const outbox = `/messageexchange/${sender}/outbox`;

async function begin(
  server: ReachableServer,
  total: number,
  headers: Record<string, string> = {},
  body: Buffer = Buffer.from("one "),
): Promise<MessageId> {
  const answer = await testRequest(server, sender, {
    method: "POST",
    path: outbox,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "mex-chunk-range": `1:${total}`, ...headers },
    body,
  });
  assert.equal(answer.status, 202);
  return (answer.json as { messageID: MessageId }).messageID;
}

async function add(
  server: ReachableServer,
  messageId: MessageId,
  chunk: number | string,
  headers: Record<string, string> = {},
  body: Buffer | string = `${chunk} `,
): ReturnType<typeof testRequest> {
  return testRequest(server, sender, { method: "POST", path: `${outbox}/${messageId}/${chunk}`, headers, body });
}

test("a message sent in chunks is listed once the last one is there, and read back chunk by chunk", async (t) => {
  const server = await startTestServer(t, { config: { smallBodyBytes: 4 } });
  await using client = await testClient(server, pharmacy);
  const messageId = await begin(server, 3);

  const second = await add(server, messageId, 2, { "mex-chunk-range": "2:3" }, "two, which is large ");
  assert.deepEqual([second.status, second.json], [202, { messageID: messageId, blockID: 2 }]);
  assert.deepEqual((await client.list()).messageIds, []);
  const third = await add(server, messageId, 3, { accept: "application/vnd.mesh.v2+json" }, "three");
  assert.deepEqual([third.status, third.body.toString()], [202, "null"]);

  assert.deepEqual((await client.list()).messageIds, [messageId]);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  const answers = await Promise.all(
    ["", "/1", "/2", "/3"].map((chunk) => testRequest(server, pharmacy, { path: `${path}${chunk}` })),
  );
  assert.deepEqual(
    answers.map(({ status, headers, body }) => [status, headers["mex-chunk-range"], body.toString()]),
    [
      [206, "1:3", "one "],
      [206, "1:3", "one "],
      [206, "2:3", "two, which is large "],
      [200, "3:3", "three"],
    ],
  );
  assert.equal((await buffer((await client.download(messageId)).body)).toString(), "one two, which is large three");
  assert.equal((await testRequest(server, pharmacy, { path: `${path}/4` })).status, 404);
});

test("chunks may come in any order and again, and the last to come completes the message", async (t) => {
  const server = await startTestServer(t, { config: { smallBodyBytes: 4 } });
  await using client = await testClient(server, pharmacy);
  const messageId = await begin(server, 3);

  await add(server, messageId, 3, {}, "three");
  await add(server, messageId, 3, {}, "three");
  await add(server, messageId, 2, {}, "two ");

  assert.equal((await buffer((await client.download(messageId)).body)).toString(), "one two three");
  const files = await server.bodies.keys();
  assert.equal(files.length, 1, "what came again left no file");
});

for (const [size, smallBodyBytes] of [
  ["small", 65_536],
  ["large", 4],
] as const) {
  test(`a ${size} chunk sent again with other content is refused, and what was stored stays`, async (t) => {
    const server = await startTestServer(t, { config: { smallBodyBytes } });
    await using client = await testClient(server, pharmacy);
    const messageId = await begin(server, 3);
    await add(server, messageId, 2, {}, "two, the first ");

    for (const [chunk, length] of [
      [1, 15],
      [2, 15],
      [2, 100],
    ] as const) {
      const other = "x".repeat(length);
      const first = await add(server, messageId, chunk, {}, other);
      assert.equal(first.status, 409);
      assert.deepEqual(first.json, {
        errorEvent: "SEND",
        errorCode: "ChunkContentChanged",
        errorDescription: "This chunk was sent before with other content, which is kept",
        messageID: messageId,
      });
      const second = await add(server, messageId, chunk, { accept: "application/vnd.mesh.v2+json" }, other);
      assert.equal((second.json as { detail: { code: string }[] }).detail[0]?.code, "ChunkContentChanged");
    }

    const again = await add(server, messageId, 2, {}, "two, the first ");
    assert.deepEqual([again.status, again.json], [202, { messageID: messageId, blockID: 2 }]);
    assert.equal((await add(server, messageId, 1, {}, "one ")).status, 202, "chunk 1 likewise");
    await add(server, messageId, 3, {}, "three");
    assert.equal((await buffer((await client.download(messageId)).body)).toString(), "one two, the first three");
    const files = await server.bodies.keys();
    assert.equal(files.length, size === "large" ? 2 : 0, "what was refused left no file");
  });
}

test("a chunk compressed anew, or not at all, is the same chunk; one that is no gzip is compared as it is", async (t) => {
  const server = await startTestServer(t, { config: { smallBodyBytes: 30 } });
  const gzip = { "content-encoding": "gzip" };
  const text = "two ".repeat(1000);
  const messageId = await begin(server, 4, gzip, gzipSync("one"));
  const status = async (chunk: number, body: Buffer | string, headers = {}): Promise<number> =>
    (await add(server, messageId, chunk, headers, body)).status;

  assert.equal(await status(2, text), 417, "another encoding of what is not there");
  assert.equal(await status(2, gzipSync(text, { level: 9 }), gzip), 202);
  assert.equal(await status(2, gzipSync(text, { level: 1 }), gzip), 202);
  assert.equal(await status(2, gzipSync(text, { level: 0 }), gzip), 202);
  assert.equal(await status(2, text), 202, "not compressed, the same content");
  assert.equal(await status(2, `${text}!`), 417);
  assert.equal(await status(2, gzipSync(`${text}!`), gzip), 409);
  assert.equal(await status(2, gzipSync(text).subarray(0, -4), gzip), 409, "cut off");

  assert.equal(await status(3, "no gzip", gzip), 202);
  assert.equal(await status(3, "no gzip", gzip), 202);
  assert.equal(await status(3, "nor this", gzip), 409);
});

test("of two at once with other content one is stored and the other refused", async (t) => {
  const server = await startTestServer(t, { config: { smallBodyBytes: 4 } });
  const messageId = await begin(server, 3);

  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => add(server, messageId, 2, {}, `content ${index % 2}`)),
  );

  assert.equal(answers.filter(({ status }) => status === 202).length, 5);
  assert.equal(answers.filter(({ status }) => status === 409).length, 5);
});

test("after kill -9 a chunk is compared with the one that was stored", async (t) => {
  const server = await startServerProcess(t);
  const messageId = await begin(server, 3);
  assert.equal((await add(server, messageId, 2, {}, "two ")).status, 202);

  await server.kill();
  await server.start();

  assert.equal((await add(server, messageId, 2, {}, "two ")).status, 202);
  assert.equal((await add(server, messageId, 2, {}, "2 ")).status, 409);
  assert.equal((await add(server, messageId, 3, {}, "three")).status, 202);
  await using client = await testClient(server, pharmacy);
  assert.equal((await buffer((await client.download(messageId)).body)).toString(), "one two three");
});

test("while it is uploading, a message is gone to its recipient, visible to its sender, and not to be acknowledged", async (t) => {
  const server = await startTestServer(t);
  const messageId = await begin(server, 2);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;

  assert.equal((await testRequest(server, pharmacy, { path })).status, 410);
  assert.equal((await testRequest(server, pharmacy, { path, method: "HEAD" })).status, 410);
  const own = `/messageexchange/${sender}/inbox/${messageId}`;
  assert.equal((await testRequest(server, sender, { path: own, method: "HEAD" })).status, 200);
  const ack = await testRequest(server, pharmacy, { path: `${path}/status/acknowledged`, method: "PUT" });
  assert.equal(ack.status, 200);
  await using client = await testClient(server, sender);
  assert.equal((await client.track(messageId)).status, "uploading");
});

test("chunks that do not belong are refused", async (t) => {
  const server = await startTestServer(t);
  const messageId = await begin(server, 2);

  assert.equal((await add(server, messageId, 3)).status, 406);
  assert.equal((await add(server, messageId, 0)).status, 400);
  assert.equal((await add(server, messageId, 2, { "mex-chunk-range": "2:3" })).status, 417);
  assert.equal((await add(server, messageId, 2, { "content-encoding": "gzip" })).status, 417);
  assert.equal((await add(server, "20200101000000000000_ABCDEF" as MessageId, 2)).status, 404);
  assert.equal((await add(server, messageId, 2)).status, 202);
  const late = await add(server, messageId, 2);
  assert.equal(late.status, 423);
  assert.equal((late.json as { messageID: string }).messageID, messageId);
});

test("a message in chunks for a patient is routed when it is complete", async (t) => {
  const server = await startTestServer(t);
  const to = Buffer.from(addressOf(testPatients.accented)).toString("latin1");
  const messageId = await begin(server, 2, { "mex-to": to, "mex-workflowid": "GPFED_CONSULT_REPORT" });

  await server.restart();
  assert.deepEqual(server.events.of("patient-matched"), []);
  await add(server, messageId, 2);

  await server.events.next("message-placed");
  await using client = await testClient(server, practice);
  assert.deepEqual((await client.list()).messageIds, [messageId]);
});

test("an upload that is not complete in a day is abandoned, its chunks deleted and nobody told", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, config: { smallBodyBytes: 2 } });
  const messageId = await begin(server, 2);
  await using client = await testClient(server, sender);

  clock.advance(25 * 60 * 60 * 1000);

  await waitFor(async () => (await client.track(messageId)).status === "error");
  await waitFor(async () => (await server.bodies.keys()).length === 0);
  assert.equal((await add(server, messageId, 2)).status, 423);
  assert.deepEqual((await client.list()).messageIds, []);
});
