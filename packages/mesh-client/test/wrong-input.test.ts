import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { inspect } from "node:util";
import { createMeshClient, type MeshClient, MeshClientError, type MeshClientOptions } from "@restante/mesh-client";
import { newMessageId } from "@restante/mesh";
import { testAuthority } from "@restante/testbed";
import { answer, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const envelope = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: "body" };
const id = newMessageId(new Date());
const without = (field: string): object =>
  Object.fromEntries(Object.entries(envelope).filter(([name]) => name !== field));
const read = Readable.from(["x"]);
read.destroy();
const half = "Smith \uD83D";

async function allOf(listing: unknown): Promise<unknown[]> {
  return Readable.from(listing as AsyncIterable<unknown>).toArray();
}

/** A client as one without types sees it. */
type Untyped = Record<keyof MeshClient, (...args: unknown[]) => Promise<unknown>>;

/** Calls as no type would let them be made, and the field at fault. */
const wrong: [field: string, call: (client: Untyped) => unknown][] = [
  ["message", (client) => client.send()],
  ["message", (client) => client.send(null)],
  ["message", (client) => client.send("text")],
  ["options", (client) => client.send(envelope, null)],
  ["body", (client) => client.send(without("body"))],
  ["body", (client) => client.send({ ...envelope, body: null })],
  ["body", (client) => client.send({ ...envelope, body: 7 })],
  ["body", (client) => client.send({ ...envelope, body: { text: "Smith" } })],
  ["body", (client) => client.send({ ...envelope, body: ["Smith"] })],
  ["body", (client) => client.send({ ...envelope, body: half })],
  ["body", (client) => client.send({ ...envelope, body: read })],
  ["body", (client) => client.send({ ...envelope, body: () => "Smith" })],
  ["body", (client) => client.send({ ...envelope, body: () => Readable.from([{ name: "Smith" }]) })],
  ["bodyLength", (client) => client.send({ ...envelope, bodyLength: 7 })],
  ["bodyLength", (client) => client.send({ ...envelope, bodyLength: -1 })],
  ["bodyLength", (client) => client.send({ ...envelope, bodyLength: "4" })],
  ["to", (client) => client.send(without("to"))],
  ["to", (client) => client.send({ ...envelope, to: " " })],
  ["to", (client) => client.send({ ...envelope, to: `GPPROVIDER_9990000018_01011980_${"Smith".repeat(20)}` })],
  ["workflowId", (client) => client.send(without("workflowId"))],
  ["workflowId", (client) => client.send({ ...envelope, workflowId: 7 })],
  ["localId", (client) => client.send({ ...envelope, localId: "Smith\n" })],
  ["localId", (client) => client.send({ ...envelope, localId: "Smith".repeat(61) })],
  ["subject", (client) => client.send({ ...envelope, subject: "\u{1F48C}".repeat(501) })],
  ["subject", (client) => client.send({ ...envelope, subject: half })],
  ["subject", (client) => client.send({ ...envelope, subject: null })],
  ["fileName", (client) => client.send({ ...envelope, fileName: "Smith\u007F" })],
  ["version", (client) => client.send({ ...envelope, version: 1 })],
  ["checksum", (client) => client.send({ ...envelope, checksum: "Smith!" })],
  ["contentType", (client) => client.send({ ...envelope, contentType: "x".repeat(256) })],
  ["contentType", (client) => client.send({ ...envelope, contentType: "té/xt" })],
  ["contentEncoding", (client) => client.send({ ...envelope, contentEncoding: "br" })],
  ["totalChunks", (client) => client.send({ ...envelope, totalChunks: 0 })],
  ["totalChunks", (client) => client.send({ ...envelope, totalChunks: 1.5 })],
  ["signal", (client) => client.send(envelope, { signal: "now" })],
  ["messageId", (client) => client.sendChunk("", { number: 2, total: 2, body: "x" })],
  ["chunk", (client) => client.sendChunk(id)],
  ["number", (client) => client.sendChunk(id, { number: 3, total: 2, body: "x" })],
  ["total", (client) => client.sendChunk(id, { number: 1, body: "x" })],
  ["body", (client) => client.sendChunk(id, { number: 1, total: 2 })],
  ["contentEncoding", (client) => client.sendChunk(id, { number: 1, total: 2, body: "x", contentEncoding: "Smith" })],
  ["options", (client) => client.list(null)],
  ["maxResults", (client) => client.list({ maxResults: 9 })],
  ["maxResults", (client) => client.list({ maxResults: 5001 })],
  ["maxResults", (client) => client.list({ maxResults: "50" })],
  ["continueFrom", (client) => client.list({ continueFrom: half })],
  ["workflowFilter", (client) => client.list({ workflowFilter: 7 })],
  ["maxResults", async (client) => allOf(client.listAll({ maxResults: NaN }))],
  ["options", async (client) => allOf(client.listAll(null))],
  ["message", (client) => client.upload()],
  ["options", (client) => client.upload(envelope, null)],
  ["to", (client) => client.upload(without("to"))],
  ["body", (client) => client.upload(without("body"))],
  ["body", (client) => client.upload({ ...envelope, body: { file: 7 } })],
  ["bodyLength", (client) => client.upload({ ...envelope, bodyLength: "4" })],
  ["chunkBytes", (client) => client.upload(envelope, { chunkBytes: 0 })],
  ["parallel", (client) => client.upload(envelope, { parallel: 65 })],
  ["compress", (client) => client.upload(envelope, { compress: "Smith" })],
  ["commit", (client) => client.upload(envelope, { commit: "two" })],
  ["onState", (client) => client.upload(envelope, { onState: "Smith" })],
  ["state", (client) => client.upload(envelope, { state: "Smith" })],
  ["signal", (client) => client.upload(envelope, { signal: "now" })],
  ["signal", (client) => client.count({ signal: 1 })],
  ["options", (client) => client.listReceived(null)],
  ["since", (client) => client.listReceived({ since: "yesterday" })],
  ["maxResults", (client) => client.listReceived({ maxResults: 2001 })],
  ["maxResults", (client) => client.listSent({ maxResults: 9 })],
  ["continueFrom", (client) => client.listSent({ continueFrom: half })],
  ["messageId", (client) => client.head("..")],
  ["messageId", (client) => client.download()],
  ["messageId", (client) => client.download("..")],
  ["decode", (client) => client.download(id, { decode: "no" })],
  ["maxBytes", (client) => client.download(id, { maxBytes: NaN })],
  ["maxBytes", (client) => client.download(id, { maxBytes: -1 })],
  ["messageId", (client) => client.downloadToFile("..", "file")],
  ["path", (client) => client.downloadToFile(id)],
  ["path", (client) => client.downloadToFile(id, "Smith\0")],
  ["decode", (client) => client.downloadToFile(id, "file", { decode: "no" })],
  ["messageId", (client) => client.acknowledge("Smith\n")],
  ["messageId", (client) => client.acknowledge(7)],
  ["messageId", (client) => client.track("x".repeat(256))],
  ["localId", (client) => client.trackByLocalId("")],
  ["localId", (client) => client.trackByLocalId("..")],
  ["localId", (client) => client.trackByLocalId(half)],
  ["odsCode", (client) => client.lookup(undefined, "W")],
  ["workflowId", (client) => client.lookup("A1", ".")],
  ["workflowId", (client) => client.workflowSearch(7)],
  ["signal", (client) => client.handshake({ signal: {} })],
];

test("wrong input of any call is request-invalid, never to be repeated, and names its field and not what is in it", async (t) => {
  const peer = await startFaultyPeer(t, [answer(500)]);
  const client = (await clientOf(t, peer.url)) as unknown as Untyped;
  for (const [field, call] of wrong) {
    const error: unknown = await Promise.resolve()
      .then(async () => call(client))
      .catch((error: unknown) => error);
    const what = `${field} of ${call.toString()}`;
    assert.ok(error instanceof MeshClientError, what);
    assert.deepEqual(
      { code: error.code, retry: error.retry, field: error.field },
      { code: "request-invalid", retry: "never", field },
      what,
    );
    assert.ok(error.message.startsWith(`${field}: `), error.message);
    assert.doesNotMatch(inspect(error, { depth: 20 }).replaceAll(/\n\s+at .*/g, ""), /Smith/);
  }
  assert.deepEqual(peer.requests, []);
});

test("400 emoji are within a limit of 500 characters", async (t) => {
  const peer = await startFaultyPeer(t, [answer(202, { message_id: "A" })]);
  const client = await clientOf(t, peer.url);
  await client.send({ ...envelope, subject: "\u{1F48C}".repeat(500) });
  assert.equal(peer.requests.length, 1);
});

test("a stream that is there already is sent once, also as a chunk", async (t) => {
  const peer = await startFaultyPeer(t, [answer(503)]);
  const client = await clientOf(t, peer.url);
  const chunk = { number: 2, total: 2 };
  await assert.rejects(client.sendChunk(id, { ...chunk, body: Readable.from(["x"]) }), { code: "unavailable" });
  assert.equal(peer.requests.length, 1);
  await assert.rejects(client.sendChunk(id, { ...chunk, body: () => Readable.from(["x"]) }), { code: "unavailable" });
  assert.equal(peer.requests.length, 4);
});

test("wrong options of a client are refused when it is made, by name", async () => {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "somebody", kind: "client" });
  const { key: other } = await authority.issue({ commonName: "somebody.else", kind: "client" });
  const right: MeshClientOptions = {
    url: "https://127.0.0.1:1",
    mailboxId: "Y90001OT001",
    password: "p",
    sharedKey: "s",
    tls: { ca: authority.caPem, cert, key },
  };
  const changes: [field: string, change: object][] = [
    ["url", { url: "http://127.0.0.1:1" }],
    ["url", { url: undefined }],
    ["mailboxId", { mailboxId: 7 }],
    ["password", { password: undefined }],
    ["sharedKey", { sharedKey: null }],
    ["tls", { tls: undefined }],
    ["tls", { url: "http://127.0.0.1:1", tls: null }],
    ["tls", { tls: { ...right.tls, cert: "not a certificate" } }],
    ["tls", { tls: { ...right.tls, key: other } }],
    ["requestTimeoutMs", { requestTimeoutMs: -1 }],
    ["connections", { connections: 0 }],
    ["retries.attempts", { retries: { attempts: Infinity } }],
    ["retries.attempts", { retries: { attempts: 0 } }],
    ["retries.firstWaitMs", { retries: { firstWaitMs: NaN } }],
  ];
  for (const [field, change] of changes) {
    assert.throws(
      () => createMeshClient({ ...right, ...change }),
      { code: "request-invalid", retry: "never", field },
      field,
    );
  }
  await createMeshClient(right)[Symbol.asyncDispose]();
  const { tls: _, ...withoutTls } = right;
  await createMeshClient({ ...withoutTls, url: "http://127.0.0.1:1" })[Symbol.asyncDispose]();
});
