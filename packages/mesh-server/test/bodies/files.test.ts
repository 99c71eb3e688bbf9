import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import { temporaryFolder } from "@restante/testkit";

import { openFileBodies } from "../../src/bodies/files.ts";
import { MeshServerError } from "../../src/errors.ts";

const hasCode = (code: string) => (error: unknown) => error instanceof MeshServerError && error.code === code;

async function read(opened: Buffer | Readable): Promise<Buffer> {
  return Buffer.isBuffer(opened) ? opened : buffer(opened);
}

function pieces(...sizes: number[]): Readable {
  return Readable.from(sizes.map((size, index) => Buffer.alloc(size, index + 1)));
}

test("up to the limit a body comes back to be stored in its row, beyond it lies in a file", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 10);

  const small = await bodies.receive(pieces(4, 6), "a", { maxBytes: 100 });
  assert.deepEqual([small.kind, small.size, await readdir(folder)], ["inline", 10, []]);
  assert.deepEqual(await read(bodies.open(small)), Buffer.concat([Buffer.alloc(4, 1), Buffer.alloc(6, 2)]));

  const large = await bodies.receive(pieces(4, 6, 1), "a", { maxBytes: 100 });
  assert.deepEqual([large.kind, large.size], ["file", 11]);
  assert.equal((await readdir(folder)).length, 1);
  assert.equal((await read(bodies.open(large))).length, 11);

  await bodies.discard(large);
  assert.deepEqual(await readdir(folder), []);
});

test("a body that is too large, or shorter than it said, or breaks off, leaves nothing behind", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 10);
  const broken = Readable.from(
    (function* breaking() {
      yield Buffer.alloc(50);
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    })(),
  );

  await assert.rejects(bodies.receive(pieces(50, 51), "a", { maxBytes: 100 }), hasCode("body-too-large"));
  await assert.rejects(
    bodies.receive(pieces(50), "a", { maxBytes: 100, expectedBytes: 51 }),
    hasCode("body-cut-short"),
  );
  await assert.rejects(bodies.receive(broken, "a", { maxBytes: 100 }), hasCode("body-cut-short"));
  assert.deepEqual(await readdir(folder), []);
});

test("a body received again under the same name does not touch the first", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);

  const first = await bodies.receive(pieces(5), "a", { maxBytes: 100 });
  await bodies.receive(pieces(0, 7), "a", { maxBytes: 100 });

  assert.deepEqual(await read(bodies.open(first)), Buffer.alloc(5, 1));
});

test("the sweep at start deletes what no row names, finished or not", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const named = await bodies.receive(pieces(5), "named", { maxBytes: 100 });
  await bodies.receive(pieces(5), "unnamed", { maxBytes: 100 });
  await writeFile(join(folder, ".half.00000000"), "half");
  assert.ok(named.kind === "file");

  const swept = await bodies.sweep((fileName) => Promise.resolve(fileName === named.fileName));

  assert.equal(swept, 2);
  assert.deepEqual(await readdir(folder), [named.fileName]);
});
