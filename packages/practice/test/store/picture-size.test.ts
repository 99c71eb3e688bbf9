import assert from "node:assert/strict";
import { test } from "node:test";
import { isHugePicture } from "../../src/store/picture-size.ts";

/** With nothing in it: what a picture says of itself is in its first bytes. */
function png(width: number, height: number): Buffer {
  const bytes = Buffer.from("89504e470d0a1a0a0000000d494844520000000000000000", "hex");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function jpeg(width: number, height: number, before = ""): Buffer {
  const frame = Buffer.from("ffc000110800000000", "hex");
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from(`ffd8${before}`, "hex"), frame]);
}

test("a picture of more than 100 million pixels is known by what it says, wherever in it that stands", () => {
  assert.ok(!isHugePicture(png(10_000, 10_000)));
  assert.ok(isHugePicture(png(10_001, 10_000)));
  assert.ok(isHugePicture(png(0xffffffff, 0xffffffff)));
  assert.ok(!isHugePicture(jpeg(12_000, 8000)));
  assert.ok(isHugePicture(jpeg(65_535, 65_535)));
  // A comment that looks like a small frame, what is no segment, markers without a length, and filling.
  for (const before of ["fffe000bffc0001108000100010000", "00ab", "ff01ffd0", "ffffff", "ffc40002"])
    assert.ok(isHugePicture(jpeg(20_000, 20_000, before)), before);
});

test("what is cut off, or no picture, is no huge one", () => {
  const files = [png(50_000, 50_000).subarray(0, 23), jpeg(50_000, 50_000).subarray(0, 10), Buffer.from("%PDF-1.7")];
  for (const file of [...files, Buffer.alloc(0), Buffer.from("ffd8ffe0", "hex"), Buffer.from("ffd8ffe00000ff", "hex")])
    assert.ok(!isHugePicture(file), file.toString("hex"));
});
