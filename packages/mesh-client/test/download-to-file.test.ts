import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { newMessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import {
  settableClock,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";
import { answer, clientOf, type Reaction, startFaultyPeer } from "./faulty-peer.ts";
import { type Relay, type RelayedRequest, startRelay } from "./relay.ts";

const { sender, practice } = testMailboxes;
const data = Buffer.from(Array.from({ length: 400 }, (_, line) => `line ${line} of a long document`).join("\n"));
const chunkBytes = 3000;
const chunks = Math.ceil(data.length / chunkBytes);

function numberOf({ path }: RelayedRequest): number {
  return Number(path.split("/")[3] ?? 1);
}

interface Fixture {
  readonly server: TestServer;
  readonly relay: Relay;
  readonly folder: string;
  readonly path: string;
  /** The numbers of the chunks that were asked for since it was last called. */
  readonly asked: () => number[];
  readonly send: (compress: boolean) => Promise<ReturnType<typeof newMessageId>>;
}

async function start(t: TestContext): Promise<Fixture> {
  const server = await startTestServer(t);
  const relay = await startRelay(t, server, practice);
  const from = await testClient(server, sender);
  t.after(async () => from[Symbol.asyncDispose]());
  const folder = await temporaryFolder(t);
  return {
    server,
    relay,
    folder,
    path: join(folder, "Smith.dat"),
    asked: () => relay.requests.splice(0).map(numberOf),
    send: async (compress) => {
      const message = { to: practice, workflowId: testWorkflow, body: data };
      return (await from.upload(message, { chunkBytes, compress })).messageId;
    },
  };
}

test("a message is in its file whole and for its owner alone, and nothing is left beside it", async (t) => {
  const { relay, folder, path, send } = await start(t);
  await writeFile(path, "what was there before");
  for (const compress of [true, false]) {
    const messageId = await send(compress);
    const { headers, report, ...file } = await relay.client.downloadToFile(messageId, path);
    const none = { contentEncoding: undefined, keptChunks: 0 };
    assert.deepEqual(file, { ...none, contentType: "application/octet-stream", chunks, bytes: data.length });
    assert.deepEqual([headers.messageId, headers.from, report], [messageId, sender, undefined]);
    assert.deepEqual(await readFile(path), data);
    assert.deepEqual(await readdir(folder), ["Smith.dat"]);
  }
  assert.equal((await stat(path)).mode & 0o077, 0);
  const messageId = await send(true);
  const raw = await relay.client.downloadToFile(messageId, path, { decode: false });
  assert.equal(raw.contentEncoding, "gzip");
  assert.equal(raw.bytes, (await readFile(path)).length);
});

test("cut at any chunk, the next call fetches what is missing, and no chunk that is there", async (t) => {
  const { relay, folder, path, asked, send } = await start(t);
  for (const compress of [true, false]) {
    const messageId = await send(compress);
    for (let cut = 1; cut <= chunks; cut += 1) {
      relay.fate = (request) => (numberOf(request) === cut ? "answer cut" : "passes");
      await assert.rejects(relay.client.downloadToFile(messageId, path), { code: "answer-lost", retry: "safe" });
      const left = await readdir(folder);
      assert.ok(!left.includes("Smith.dat"), "never under its name before it is whole");
      assert.equal(left.length, cut === 1 ? 0 : 2);
      // As a kill leaves it: a part of the next chunk behind those that are whole.
      for (const name of left.filter((name) => name.endsWith(".partial"))) await appendFile(join(folder, name), "part");
      relay.fate = () => "passes";
      asked();
      const { keptChunks } = await relay.client.downloadToFile(messageId, path);
      assert.equal(keptChunks, cut - 1);
      assert.deepEqual(
        asked(),
        Array.from({ length: chunks - cut + 1 }, (_, index) => cut + index),
      );
      assert.deepEqual(await readFile(path), data);
      assert.deepEqual(await readdir(folder), ["Smith.dat"]);
      await rm(path);
    }
  }
});

test("what is left of an earlier download and cannot be trusted is thrown away", async (t) => {
  const { relay, folder, path, asked, send } = await start(t);
  const messageId = await send(true);
  const damages: ((partial: string, notes: string) => Promise<void>)[] = [
    async (partial) => truncate(partial, 100),
    async (partial) => rm(partial),
    async (_, notes) => writeFile(notes, "{"),
    // Killed as it removed them.
    async (_, notes) => {
      await rm(notes);
      await writeFile(notes.replace(/json$/, "holder"), "");
    },
    async (_, notes) => writeFile(notes, JSON.stringify({ version: 1, marks: {}, chunks: 2, done: 2, bytes: 0 })),
  ];
  for (const damage of damages) {
    relay.fate = (request) => (numberOf(request) === 3 ? "never arrives" : "passes");
    await assert.rejects(relay.client.downloadToFile(messageId, path), { code: "answer-lost" });
    const [one = "", other = ""] = (await readdir(folder)).toSorted((a, b) => b.length - a.length);
    await damage(join(folder, one), join(folder, other));
    relay.fate = () => "passes";
    asked();
    assert.equal((await relay.client.downloadToFile(messageId, path)).keptChunks, 0);
    assert.equal(asked().length, chunks);
    assert.deepEqual(await readFile(path), data);
    await rm(path);
  }
});

test("a message that became another is not mixed with what is there of the first", async (t) => {
  const id = newMessageId(new Date());
  const part = (text: string, range: string, localId: string): Reaction =>
    answer(range === "2:2" ? 200 : 206, text, { "mex-chunk-range": range, "mex-localid": localId });
  const folder = await temporaryFolder(t);
  const path = join(folder, "file");
  const retries = { attempts: 1 };
  const later = [
    part("A1", "1:2", "A"),
    "break",
    part("B2", "2:2", "B"),
    part("B1", "1:2", "B"),
    part("B2", "2:2", "B"),
  ];
  const peer = await startFaultyPeer(t, later);
  const client = await clientOf(t, peer.url, { retries });
  await assert.rejects(client.downloadToFile(id, path), { code: "answer-lost" });
  assert.equal((await client.downloadToFile(id, path)).keptChunks, 0);
  assert.equal(await readFile(path, "utf8"), "B1B2");

  // It has fewer chunks now.
  const fewer = await startFaultyPeer(t, [part("A1", "1:2", "A"), "break", answer(404), answer(200, "B")]);
  const second = await clientOf(t, fewer.url, { retries });
  await assert.rejects(second.downloadToFile(id, path), { code: "answer-lost" });
  await second.downloadToFile(id, path);
  assert.equal(await readFile(path, "utf8"), "B");

  // Nothing but its id says which message it is.
  const bare = (text: string, range: string): Reaction =>
    answer(206, text, { "mex-chunk-range": range, "mex-messageid": id });
  const bareParts = [bare("A1", "1:2"), "break", bare("A2", "2:2"), bare("A1", "1:2"), bare("A2", "2:2")];
  const unknown = await clientOf(t, (await startFaultyPeer(t, bareParts)).url, { retries });
  await assert.rejects(unknown.downloadToFile(id, path), { code: "answer-lost" });
  assert.equal((await unknown.downloadToFile(id, path)).keptChunks, 0);

  // In the middle of one call; the next begins anew.
  const middle = [part("A1", "1:2", "A"), part("B2", "2:2", "B"), part("B1", "1:2", "B"), part("B2", "2:2", "B")];
  const third = await clientOf(t, (await startFaultyPeer(t, middle)).url, { retries });
  await assert.rejects(third.downloadToFile(id, path), { code: "unexpected-answer", retry: "safe" });
  assert.deepEqual(await readdir(folder), ["file"]);
  await third.downloadToFile(id, path);
  assert.equal(await readFile(path, "utf8"), "B1B2");
});

test("what will never be whole leaves nothing, and is told as what it is", async (t) => {
  const id = newMessageId(new Date());
  const folder = await temporaryFolder(t);
  const path = join(folder, "file");
  const first = answer(206, "A1", { "mex-chunk-range": "1:2" });
  const packed = { "content-encoding": "gzip", "mex-chunk-range": "1:1" };
  const cases: [code: string, reactions: Reaction[]][] = [
    ["gone", [first, answer(410)]],
    ["not-found", [answer(404)]],
    ["content-damaged", [answer(200, "no gzip", packed)]],
    ["content-damaged", [first, answer(200, "A2", { "content-encoding": "br", "mex-chunk-range": "2:2" })]],
    ["too-large", [first, answer(200, "far too much", { "mex-chunk-range": "2:2" })]],
    ["unexpected-answer", [answer(206, "A2", { "mex-chunk-range": "2:2" })]],
  ];
  for (const [code, reactions] of cases) {
    const client = await clientOf(t, (await startFaultyPeer(t, reactions)).url);
    await assert.rejects(client.downloadToFile(id, path, { maxBytes: 10 }), { code }, code);
    assert.deepEqual(await readdir(folder), [], code);
  }
});

test("a report is read, and no file is written for it", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  await using from = await testClient(server, sender);
  const { messageId } = await from.send({ to: practice, workflowId: testWorkflow, body: "x" });
  clock.advance(5 * 24 * 60 * 60 * 1000 + 1);
  const { reportId } = await server.events.next("report-placed");
  const folder = await temporaryFolder(t);
  const { report, bytes } = await from.downloadToFile(reportId, join(folder, "file"));
  assert.deepEqual([report?.linkedMessageId, report?.code, bytes], [messageId, "14", 0]);
  assert.deepEqual(await readdir(folder), []);
});

test("a folder that cannot be written to is told without its name, and one message is not written twice at once", async (t) => {
  const { relay, folder, path, send } = await start(t);
  const messageId = await send(true);
  const missing = join(folder, "Smith", "file");
  const error: unknown = await relay.client.downloadToFile(messageId, missing).catch((error: unknown) => error);
  assert.ok(error instanceof MeshClientError);
  assert.deepEqual([error.code, error.retry], ["file-unusable", "safe"]);
  assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /Smith/);
  await assert.rejects(relay.client.downloadToFile(messageId, folder), { code: "request-invalid", field: "path" });

  const downloading = relay.client.downloadToFile(messageId, path);
  await assert.rejects(relay.client.downloadToFile(messageId, path), { code: "request-invalid", field: "path" });
  await downloading;
  assert.deepEqual(await readFile(path), data);
});
