import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import type { MessageId } from "@restante/mesh";
import {
  keyOfBody,
  ofOneMachine,
  settableClock,
  startTestServer,
  type TestAnswer,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const large = Buffer.alloc(300_000, "restante");

async function send(server: TestServer, body: Buffer, headers: Record<string, string> = {}): Promise<MessageId> {
  const { json } = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...headers },
    body,
  });
  return (json as { messageID: MessageId }).messageID;
}

function get(server: TestServer, messageId: MessageId, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox/${messageId}`, headers });
}

/** What is kept of a body becomes something else; undefined: nothing. */
async function damage(
  { bodies }: TestServer,
  messageId: MessageId,
  change: (bytes: Buffer) => Buffer | undefined,
): Promise<void> {
  const key = await keyOfBody(bodies, messageId);
  const changed = change(await bodies.get(key));
  await (changed === undefined ? bodies.delete(key) : bodies.put(key, changed));
}

function flipByte(bytes: Buffer): Buffer {
  const at = Math.floor(bytes.length / 2);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([(bytes[at] ?? 0) ^ 1]), bytes.subarray(at + 1)]);
}

test("a body with a byte that was flipped is never received whole: the connection is cut, and level 50 names the message", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, large);
  const packed = await send(server, gzipSync(large, { level: 0 }), { "content-encoding": "gzip" });
  await damage(server, messageId, flipByte);
  await damage(server, packed, flipByte);

  await assert.rejects(get(server, messageId), { code: "ECONNRESET" });
  await assert.rejects(get(server, packed, { "accept-encoding": "gzip" }), { code: "ECONNRESET" });
  await using client = await testClient(server, pharmacy, { retries: { attempts: 1 } });
  await assert.rejects(async () => {
    for await (const _ of (await client.download(messageId)).body as AsyncIterable<Buffer>);
  });

  assert.partialDeepStrictEqual(server.events.of("body-damaged"), [
    { event: "body-damaged", messageId, chunk: 1, damage: "altered", times: 1 },
    { event: "body-damaged", messageId: packed, chunk: 1, damage: "altered", times: 1 },
  ]);
  assert.deepEqual(server.events.of("message-downloaded"), []);
});

test("a body that is missing or cut off is refused with a reason of its own, and holds up no other", async (t) => {
  const server = await startTestServer(t);
  const [missing, shorter, whole] = [await send(server, large), await send(server, large), await send(server, large)];
  await damage(server, missing, () => undefined);
  await damage(server, shorter, (bytes) => bytes.subarray(0, -1));

  for (const messageId of [missing, shorter]) {
    const first = await get(server, messageId);
    assert.deepEqual(
      [first.status, first.json],
      [
        500,
        {
          errorEvent: "RECEIVE",
          errorCode: "BodyDamaged",
          errorDescription: "The body of this message is damaged in the server",
        },
      ],
    );
    const second = await get(server, messageId, { accept: "application/vnd.mesh.v2+json" });
    assert.deepEqual(second.json, {
      detail: [{ event: "RECEIVE", code: "BodyDamaged", msg: "The body of this message is damaged in the server" }],
    });
    const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
    assert.equal((await testRequest(server, pharmacy, { path, method: "HEAD" })).status, 200);
  }

  assert.deepEqual((await get(server, whole)).body, large);
  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, [missing, shorter, whole]);
  assert.deepEqual(
    server.events.of("body-damaged").map(({ messageId, damage }) => [messageId, damage]),
    [
      [missing, "missing"],
      [shorter, "shorter"],
    ],
  );
  assert.deepEqual(
    server.events.of("message-downloaded").map(({ messageId }) => messageId),
    [whole],
  );
});

test("a body that is altered in its row is refused, likewise", ofOneMachine(), async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, Buffer.from("small"));
  using db = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
  db.prepare("UPDATE chunk SET bytes = CAST('smell' AS BLOB) WHERE message_id = ?").run(messageId);

  const { status, json } = await get(server, messageId);

  assert.deepEqual([status, (json as { errorCode: string }).errorCode], [500, "BodyDamaged"]);
  const { chunk, damage: told } = await server.events.next("body-damaged");
  assert.deepEqual([chunk, told], [1, "altered"]);
});

test("a damaged body is told with its count at growing intervals, then when it is put back; else it expires with report 14", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const [back, gone] = [await send(server, large), await send(server, large)];
  const key = await keyOfBody(server.bodies, back);
  const body = await server.bodies.get(key);
  await server.bodies.delete(key);
  await damage(server, gone, (bytes) => bytes.subarray(0, 1));

  const counts = (): number[] =>
    server.events.of("body-damaged").flatMap((event) => (event.messageId === back ? [event.times] : []));
  for (let again = 0; again < 5; again += 1) await get(server, back);
  assert.deepEqual(counts(), [1]);
  clock.advance(61_000);
  for (let again = 0; again < 5; again += 1) await get(server, back);
  assert.deepEqual(counts(), [1, 6]);
  await server.bodies.put(key, body);

  assert.deepEqual((await get(server, back)).body, large);
  const over = await server.events.next("body-whole-again");
  assert.deepEqual([over.messageId, over.chunk, over.times], [back, 1, 10]);
  await get(server, gone);
  clock.advance(5 * 24 * 60 * 60 * 1000);
  const report = await server.events.next("report-placed", ({ linkedMessageId }) => linkedMessageId === gone);
  assert.deepEqual([report.code, report.mailboxId], ["14", sender]);
});
