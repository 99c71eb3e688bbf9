import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import * as fc from "fast-check";
import type { UploadBody } from "@restante/mesh-client";
import { startTestServer, temporaryFolder, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { cut } from "../src/upload-data.ts";
import { startDirectory } from "./directory/mailbox-folder.ts";

const { sender, practice } = testMailboxes;

/** Text, which shrinks, or noise, which grows. */
const content = (bytes: number, isText: boolean): Buffer =>
  isText ? Buffer.alloc(bytes, "line after line of a long document\n") : randomBytes(bytes);

/** A size, and a size of chunks of which it makes 1 to 9; often one byte off a whole number of them. */
const sizes = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 })),
    fc.integer({ min: 0, max: 8 }),
    fc.oneof(fc.constantFrom(0, 1, -1), fc.integer({ min: 0, max: 3000 })),
  )
  .map(([chunkBytes, times, more]) => ({
    chunkBytes,
    bytes: Math.max(1, chunkBytes * times + Math.min(more, chunkBytes)),
  }));

test("data is cut into chunks of the size asked for, of which the last may be shorter, and is whole when they are joined", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (given, chunkBytes) => {
      const whole = Buffer.concat(given);
      const { signal } = new AbortController();
      const data = {
        bytes: whole.length,
        signal,
        pieces: () => Readable.from(given.filter((piece) => piece.length > 0)),
      };
      const chunks = await Readable.from(cut(data, chunkBytes)).toArray();
      assert.deepEqual(Buffer.concat(chunks as Buffer[]), whole);
      assert.equal(chunks.length, Math.max(1, Math.ceil(whole.length / chunkBytes)));
      assert.ok(chunks.slice(0, -1).every((chunk: Buffer) => chunk.length === chunkBytes));
      for (const bytes of [whole.length + 1, whole.length - 1].filter((wrong) => wrong >= 0)) {
        await assert.rejects(Readable.from(cut({ ...data, bytes }, chunkBytes)).toArray(), { code: "request-invalid" });
      }
    }),
    { numRuns: 300 },
  );
});

test("of any size, in chunks of any size, with gzip or not, from wherever it is read: what arrives is what was sent", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await using to = await testClient(server, practice);
  const folder = await temporaryFolder(t);
  const file = join(folder, "sent");
  const received = join(folder, "received");
  const how = fc.record({
    compress: fc.constantFrom(true, false, "if-smaller" as const),
    commit: fc.constantFrom("single" as const, "two-chunk" as const),
    parallel: fc.integer({ min: 1, max: 5 }),
  });
  const source = fc.constantFrom("file", "bytes", "Blob", "stream");
  await fc.assert(
    fc.asyncProperty(sizes, fc.boolean(), how, source, async ({ bytes, chunkBytes }, isText, options, from_) => {
      const data = content(bytes, isText);
      await writeFile(file, data);
      const bodies: Record<string, UploadBody> = {
        file: { file },
        bytes: data,
        Blob: new Blob([data]),
        stream: Readable.from([data.subarray(0, bytes / 3), data.subarray(bytes / 3)]),
      };
      const message = { to: practice, workflowId: testWorkflow, body: bodies[from_]!, bodyLength: bytes };
      const { messageId, chunks } = await from.upload(message, { ...options, chunkBytes });
      const { body } = await to.download(messageId);
      assert.deepEqual(await buffer(body), data);
      const downloaded = await to.downloadToFile(messageId, received);
      assert.deepEqual(await readFile(received), data);
      assert.deepEqual([downloaded.bytes, downloaded.chunks], [bytes, chunks]);
      await to.acknowledge(messageId);
    }),
    { numRuns: 30 },
  );
});

test("a pair of any size, in chunks of any size, with gzip or not, is in IN as it was in OUT", async (t) => {
  const server = await startTestServer(t);
  const to = await startDirectory(t, server, practice);
  const pair = fc.record({ size: sizes, isText: fc.boolean(), compress: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(pair, async ({ size: { bytes, chunkBytes }, isText, compress }) => {
      const from = await startDirectory(t, server, sender, { chunkBytes, maxRequestBytes: chunkBytes });
      const data = content(bytes, isText);
      await from.drop("A", { allowChunking: true, compress }, data);
      assert.equal((await from.directory.pollOnce()).sent, 1);
      const { messageId = "" } = await from.control("sent", "A.ctl");
      assert.equal((await to.directory.pollOnce()).received, 1);
      assert.deepEqual(await to.read("in", `${messageId}.dat`), data);
      assert.deepEqual(await from.read("sent", "A.dat"), data);
      await from.directory[Symbol.asyncDispose]();
    }),
    { numRuns: 10 },
  );
});
