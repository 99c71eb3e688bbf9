// A few KB that become many MB: they are decoded for who does not take gzip, and neither the memory of the server nor the
// time that one request takes of it grows with what they become.

import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { test, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";

import {
  clientCertificate,
  type ReachableServer,
  type ServerProcess,
  startServerProcess,
  testMailboxes,
  testRequest,
  testToken,
  testWorkflow,
} from "@restante/testbed";

import { mostMemory } from "../most-memory.ts";

const { sender, pharmacy } = testMailboxes;
const MEGABYTE = 1024 * 1024;
/** MB: what is freed late on a busy machine, and far below the least that is decoded here. */
const MOST_MORE = 120;
/** 100 MB of zeros in 100 KB. */
const bomb = gzipSync(Buffer.alloc(100 * MEGABYTE));

async function send(server: ReachableServer, body: Buffer): Promise<string> {
  const { status, json } = await testRequest(server, sender, {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "content-encoding": "gzip" },
    body,
  });
  assert.equal(status, 202);
  return (json as { messageID: string }).messageID;
}

/** Begins a download, of which nothing is read yet. */
async function open(server: ReachableServer, messageId: string, acceptEncoding: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(server.url);
  const outgoing = httpsRequest({
    agent: false,
    hostname,
    port,
    path: `/messageexchange/${pharmacy}/inbox/${messageId}`,
    ca: server.authority.caPem,
    ...(await clientCertificate(server, pharmacy)),
    headers: { authorization: testToken(server, pharmacy), "accept-encoding": acceptEncoding },
  });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return incoming;
}

async function countOf(incoming: IncomingMessage): Promise<{ bytes: number; zeros: boolean }> {
  let bytes = 0;
  let zeros = true;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.length;
    zeros &&= piece.equals(Buffer.alloc(piece.length));
  }
  return { bytes, zeros };
}

function assertGrewLittle(t: TestContext, server: ServerProcess, before: number | undefined, what: string): void {
  const after = mostMemory(server);
  if (before === undefined || after === undefined) return t.diagnostic("memory not checked: this system has no /proc");
  t.diagnostic(`${what}: most memory ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after`);
  assert.ok(after - before < MOST_MORE, `${what} took ${(after - before).toFixed(0)} MB`);
}

test("100 MB in 100 KB are decoded in a stream, as slowly as they are read, in memory that does not grow", async (t) => {
  assert.ok(bomb.length < 110_000);
  const server = await startServerProcess(t);
  // Pools and buffers reach their size with the first body.
  await countOf(await open(server, await send(server, gzipSync(Buffer.alloc(10 * MEGABYTE))), "identity"));
  const messageId = await send(server, bomb);
  const before = mostMemory(server);

  const slow = await Promise.all(Array.from({ length: 2 }, () => open(server, messageId, "identity")));
  // Meanwhile the server has had all the time that one whole download takes.
  const quick = await countOf(await open(server, messageId, "gzip;q=0, *"));
  assertGrewLittle(t, server, before, "two readers that do not read");
  const whole = await Promise.all(slow.map(countOf));

  for (const got of [quick, ...whole]) assert.deepEqual(got, { bytes: 100 * MEGABYTE, zeros: true });
  assert.deepEqual(
    slow.map(({ headers }) => [headers["content-encoding"], headers["content-length"]]),
    slow.map(() => [undefined, undefined]),
  );
  assertGrewLittle(t, server, before, "three downloads of 100 MB");
});

test("10 GB in 10 MB are looked into no further than 2 GiB, and go as they came: nothing grows", async (t) => {
  const server = await startServerProcess(t);
  const large = Buffer.concat(Array.from({ length: 100 }, () => bomb));
  await countOf(await open(server, await send(server, large), "gzip"));
  await countOf(await open(server, await send(server, bomb), "identity"));
  const messageId = await send(server, large);
  const before = mostMemory(server);

  const refused = await open(server, messageId, "identity");

  assert.deepEqual([refused.statusCode, refused.headers["content-encoding"]], [200, "gzip"]);
  const { bytes } = await countOf(refused);
  assert.equal(bytes, large.length);
  assertGrewLittle(t, server, before, "10 GB");
});
