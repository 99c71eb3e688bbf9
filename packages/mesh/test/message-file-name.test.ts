import assert from "node:assert/strict";
import { join, sep } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { messageFileName, newMessageId } from "@restante/mesh";

test("an id that MESH makes is its own file name", () => {
  const id = newMessageId(new Date());
  assert.equal(messageFileName(id), id);
  assert.equal(messageFileName("A".repeat(64)), "A".repeat(64));
});

test("an id that is a path, a device, too long, in small letters or in no letters has its digest for a file name", () => {
  const ids = [
    "../",
    "..",
    ".",
    "",
    "a/b",
    "A\\B",
    "abc",
    "A.B",
    "A".repeat(65),
    "X".repeat(300),
    "\u{1F48C}",
    "A\n",
    " ",
  ];
  const devices = ["CON", "PRN", "AUX", "NUL", "COM0", "COM9", "LPT0", "LPT9"];
  for (const id of [...ids, ...devices]) assert.match(messageFileName(id), /^sha256\.[0-9a-f]{64}$/, id);
  // SHA-256 of "abc": FIPS 180-2, appendix B.1.
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(messageFileName("abc"), `sha256.${digest}`);
  for (const id of ["CONX", "COM10", "XCON", "NUL_"]) assert.equal(messageFileName(id), id);
});

test("no id leaves its folder, and no two share a file, whatever the file system thinks of case", () => {
  const id = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("a", "A", "../A", "sha256.a"));
  fc.assert(
    fc.property(id, id, (one, other) => {
      const name = messageFileName(one);
      assert.ok(!name.includes("/") && !name.includes("\\") && name.length <= 71);
      assert.equal(join("in", `${name}.dat`), `in${sep}${name}.dat`);
      if (one === other) return;
      assert.notEqual(name.toLowerCase(), messageFileName(other).toLowerCase());
    }),
  );
  const shouted = messageFileName("0F8B2C4D6E8A4C1F9B3D5E7F60718293");
  assert.notEqual(shouted.toLowerCase(), messageFileName("0f8b2c4d6e8a4c1f9b3d5e7f60718293").toLowerCase());
});
