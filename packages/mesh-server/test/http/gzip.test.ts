import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import {
  type ReachableServer,
  startServerProcess,
  startTestServer,
  type TestAnswer,
  testMailboxes,
  testRequest,
  testWorkflow,
} from "@restante/testbed";

import { mostMemory } from "../most-memory.ts";

const { sender, pharmacy } = testMailboxes;
const gzip = { "content-encoding": "gzip" };

async function send(server: ReachableServer, body: Buffer, headers: Record<string, string> = {}): Promise<string> {
  const { status, json } = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, ...gzip, ...headers },
    body,
  });
  assert.equal(status, 202);
  return (json as { messageID: string }).messageID;
}

function get(server: ReachableServer, place: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/inbox/${place}`, headers });
}

/** They do not shrink: the first are decoded, and could be sent, long before the end is seen. */
const letters = randomBytes(500_000);
const whole = gzipSync(letters);
const flipped = Buffer.from(whole);
flipped[whole.length - 6] = (flipped[whole.length - 6] ?? 0) ^ 1;

const broken: [name: string, body: Buffer][] = [
  ["is not", Buffer.from("plain text")],
  ["is one byte", Buffer.from([0x1f])],
  ["is cut off", whole.subarray(0, -5)],
  ["is cut off at once", whole.subarray(0, 12)],
  ["has a wrong checksum at its end", flipped],
  ["has something else behind it", Buffer.concat([whole, Buffer.from("more")])],
];

for (const smallBodyBytes of [0, 1024 * 1024]) {
  const where = smallBodyBytes === 0 ? "file" : "row";
  test(`a body in a ${where} that claims gzip is given back as it came if it cannot be decoded, to everybody`, async (t) => {
    const server = await startTestServer(t, { config: { smallBodyBytes } });
    for (const [name, body] of broken) {
      const messageId = await send(server, body);
      const ways: Record<string, string>[] = [{}, { "accept-encoding": "identity" }, { "accept-encoding": "gzip" }];
      for (const asked of ways) {
        const { status, headers, body: got } = await get(server, messageId, asked);
        assert.equal(status, 200, name);
        assert.deepEqual(got, body, name);
        assert.equal(headers["content-encoding"], "gzip", "as its sender claimed");
        assert.equal(headers["content-length"], String(body.length));
      }
    }
    assert.deepEqual(server.events.of("request-refused"), []);
  });

  test(`one gzip stream over two chunks in ${where}s comes back in two chunks as it came`, async (t) => {
    const server = await startTestServer(t, { config: { smallBodyBytes } });
    const halves = [whole.subarray(0, 100_000), whole.subarray(100_000)];
    const messageId = await send(server, halves[0] ?? whole, { "mex-chunk-range": "1:2" });
    const second = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox/${messageId}/2`,
      headers: gzip,
      body: halves[1] ?? whole,
    });
    assert.equal(second.status, 202);

    const got = [await get(server, messageId), await get(server, `${messageId}/2`)];

    assert.deepEqual(
      got.map(({ status, headers }) => [status, headers["content-encoding"]]),
      [
        [206, "gzip"],
        [200, "gzip"],
      ],
    );
    assert.deepEqual(gunzipSync(Buffer.concat(got.map(({ body }) => body))), letters);
  });
}

test("what is gzip is decoded for who does not take it, in one member or several, and said to be so", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, Buffer.concat([whole, gzipSync("more")]), { "mex-content-compressed": "Y" });

  const plain = await get(server, messageId);
  const packed = await get(server, messageId, { "accept-encoding": "gzip" });

  assert.deepEqual(plain.body, Buffer.concat([letters, Buffer.from("more")]));
  assert.deepEqual([plain.headers["content-encoding"], plain.headers["mex-content-compressed"]], [undefined, "N"]);
  assert.deepEqual([packed.headers["content-encoding"], packed.headers["mex-content-compressed"]], ["gzip", "Y"]);
});

test("memory does not grow with what a body decodes to, whether it turns out to be gzip or not", async (t) => {
  const server = await startServerProcess(t);
  const part = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const large = Buffer.concat(Array.from({ length: 6 }, () => part));
  const sound = await send(server, part);
  await get(server, sound);
  const before = mostMemory(server);

  const { body, headers } = await get(server, await send(server, Buffer.concat([large, Buffer.from("no gzip")])));

  assert.deepEqual([body.length, headers["content-encoding"]], [large.length + 7, "gzip"]);
  const after = mostMemory(server);
  if (before === undefined || after === undefined) return t.diagnostic("memory not checked: this system has no /proc");
  assert.ok(after - before < 60, `300 MB were decoded in ${(after - before).toFixed(0)} MB more`);
});
