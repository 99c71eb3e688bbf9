import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import * as fc from "fast-check";

import { contentDigest, decodes } from "../../src/bodies/content.ts";

const ever = new AbortController().signal;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** In pieces, as a file is read. */
function streamOf(bytes: Uint8Array, pieceBytes: number): Readable {
  return Readable.from(
    (function* pieces() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield Buffer.from(bytes.subarray(at, at + pieceBytes));
    })(),
    { objectMode: false },
  );
}

test("content is what gzip holds, however it was made and in whatever pieces it comes", async () => {
  const bytes = fc.uint8Array({ maxLength: 2000 });
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 500 }),
      async (text, level, piece) => {
        const packed = gzipSync(text, { level });
        assert.equal(await decodes(streamOf(packed, piece), ever), true);
        assert.equal(await decodes(packed, ever), true);
        assert.equal(await decodes(Buffer.concat([packed, Buffer.alloc(piece)]), ever), true, "zeros are padding");
        assert.equal(await contentDigest(streamOf(packed, piece), "gzip"), sha256(text));
        assert.equal(await contentDigest(Buffer.from(text), undefined), sha256(text));
      },
    ),
    { numRuns: 50 },
  );
});

test("what is no gzip, or not all of it, has no content but its bytes", async () => {
  const packed = gzipSync("text".repeat(1000));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: packed.length - 1 }),
      fc.integer({ min: 1, max: 50 }),
      async (cut, piece) => {
        for (const broken of [
          packed.subarray(0, cut),
          packed.subarray(cut),
          Buffer.concat([packed, Buffer.from("x")]),
          Buffer.concat([packed, Buffer.alloc(cut), Buffer.from("x")]),
        ]) {
          assert.equal(await decodes(streamOf(broken, piece), ever), false);
          assert.equal(await contentDigest(streamOf(broken, piece), "gzip"), sha256(broken));
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("what decodes to more than is decoded has no content but its bytes", async () => {
  const packed = gzipSync(Buffer.alloc(1_000_000));
  assert.equal(await decodes(packed, ever, 1_000_000), true);
  assert.equal(await decodes(packed, ever, 999_999), false);
  assert.equal(await contentDigest(packed, "gzip", 999_999), sha256(packed));
});

test("a disk that fails is no body that cannot be decoded", async () => {
  const failing = new Readable({
    read() {
      this.destroy(new Error("EIO"));
    },
  });
  await assert.rejects(decodes(failing, ever), /EIO/);
});
