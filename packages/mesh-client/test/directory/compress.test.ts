import assert from "node:assert/strict";
import { open, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "@restante/testbed";
import { digestOfRange, gunzip } from "../../src/directory/compress.ts";

const text = Buffer.from("again and ".repeat(100));
const packed = gzipSync(text);

test("a file is decompressed only if all of it is gzip: nothing behind its end is lost in silence", async (t) => {
  const folder = await temporaryFolder(t);
  const [source, target] = [join(folder, "source"), join(folder, "target")];
  const cases: [bytes: Buffer, size: number | undefined][] = [
    [packed, text.length],
    [Buffer.concat([packed, packed]), 2 * text.length],
    [Buffer.concat([packed, Buffer.alloc(1000)]), text.length],
    [Buffer.concat([packed, Buffer.from("a second chunk that is not compressed")]), undefined],
    [Buffer.concat([packed, Buffer.from("\0a second chunk that begins with a zero")]), undefined],
    [packed.subarray(0, -1), undefined],
    [text, undefined],
    [Buffer.of(), undefined],
  ];
  for (const [bytes, size] of cases) {
    await writeFile(source, bytes);
    const limits = { chunkBytes: [bytes.length], maxBytes: 10_000, room: async () => Infinity };
    const result = await gunzip(source, target, limits);
    assert.equal("bytes" in result ? result.bytes : undefined, size);
    if (size !== undefined) assert.equal((await readFile(target)).length, size);
  }
});

test("the digest of a part of a file is that of its bytes", async (t) => {
  const path = join(await temporaryFolder(t), "data");
  await writeFile(path, text);
  await using file = await open(path, "r");
  const digest = createHash("sha256").update(text.subarray(7, 307)).digest("hex");
  assert.equal(await digestOfRange(file, { start: 7, length: 300 }), digest);
});
