import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import type { MessageId } from "@restante/mesh";
import { startTestServer, temporaryFolder, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { gunzip } from "../../src/directory/compress.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

async function receiveChunks(
  t: TestContext,
  chunks: readonly Buffer[],
): Promise<{ folder: TestDirectory; messageId: MessageId }> {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  const folder = await startDirectory(t, server, practice);
  const [first = Buffer.of(), ...others] = chunks;
  const total = chunks.length;
  const { messageId } = await from.send({
    to: practice,
    workflowId: testWorkflow,
    contentEncoding: "gzip",
    body: first,
    ...(total > 1 ? { totalChunks: total } : {}),
  });
  for (const [index, body] of others.entries()) {
    await from.sendChunk(messageId, { body, contentEncoding: "gzip", number: index + 2, total });
  }
  assert.equal((await folder.directory.pollOnce()).received, 1);
  assert.deepEqual((await folder.client.list()).messageIds, [], "it is acknowledged");
  return { folder, messageId };
}

const letter = Buffer.from("the letter ".repeat(50));
const packed = gzipSync(letter);
const damaged = Buffer.from(packed);
damaged[packed.length - 10]! ^= 0xff;

const cases: Record<string, { chunks: Buffer[]; reason: string }> = {
  "is not gzip": { chunks: [letter], reason: "it is not gzip" },
  "is cut off": { chunks: [packed.subarray(0, -6)], reason: "it ends too soon" },
  "is one stream over two chunks": {
    chunks: [packed.subarray(0, 20), packed.subarray(20)],
    reason: "it ends too soon",
  },
  "is gzip in its first chunk alone": { chunks: [packed, letter], reason: "it is not gzip" },
  "has more behind its end": {
    chunks: [Buffer.concat([packed, Buffer.of(0), letter])],
    reason: "it has more behind its end",
  },
};

for (const [what, { chunks, reason }] of Object.entries(cases)) {
  test(`a body that claims gzip and ${what} is handed over as it came, acknowledged and told`, async (t) => {
    const { folder, messageId } = await receiveChunks(t, chunks);
    assert.deepEqual(await folder.read("in", `${messageId}.dat`), Buffer.concat(chunks));
    assert.equal((await folder.control("in", `${messageId}.ctl`)).isCompressed, true);
    const told = folder.events.of("message-not-decompressed");
    assert.deepEqual(
      told.map((event) => ({ messageId: event.messageId, reason: event.reason })),
      [{ messageId, reason }],
    );
    assert.deepEqual(await folder.names("temp"), []);
  });
}

test("chunks that are compressed one by one are decompressed one by one", async (t) => {
  const { folder, messageId } = await receiveChunks(t, [packed, gzipSync("and more")]);
  assert.equal((await folder.read("in", `${messageId}.dat`)).toString(), `${letter.toString()}and more`);
  assert.equal((await folder.control("in", `${messageId}.ctl`)).isCompressed, false);
  assert.equal(folder.events.of("message-not-decompressed").length, 0);
});

test("damaged bytes are handed over as they came and not as what they decompress to so far", async (t) => {
  const { folder, messageId } = await receiveChunks(t, [damaged]);
  assert.deepEqual(await folder.read("in", `${messageId}.dat`), damaged);
  assert.equal(folder.events.of("message-not-decompressed").length, 1);
});

test("what becomes more than 200 times as large is not decompressed beyond 100 MB, and leaves no file", async (t) => {
  const folder = await temporaryFolder(t);
  const [source, target] = [join(folder, "source"), join(folder, "target")];
  const limits = { maxBytes: 20e9, room: async () => Infinity };
  const bomb = gzipSync(Buffer.alloc(110_000_000));
  await writeFile(source, bomb);
  assert.deepEqual(await gunzip(source, target, { ...limits, chunkBytes: [bomb.length] }), {
    refused: "it becomes more than 200 times as large",
  });
  assert.deepEqual(await readdir(folder), ["source"]);

  const honest = gzipSync(Buffer.alloc(5_000_000));
  await writeFile(source, honest);
  assert.deepEqual(await gunzip(source, target, { ...limits, chunkBytes: [honest.length] }), { bytes: 5_000_000 });
  assert.deepEqual(await readFile(target), gunzipSync(honest));
});
