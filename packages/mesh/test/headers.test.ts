import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  characterCount,
  hasControlCharacter,
  headerLimits,
  headerNames,
  isChecksumText,
  latin1Headers,
  type MexHeaders,
  readMexHeaders,
  writeMexHeaders,
} from "@restante/mesh";

test("headers are written with lower-case names and UTF-8 bytes, and absent ones left out", () => {
  assert.deepEqual(writeMexHeaders({ to: "Y99002OT001", subject: "Ł", linkedMessageId: "1", localId: undefined }), {
    "mex-to": "Y99002OT001",
    "mex-subject": "\u00C5\u0081",
    "mex-linkedmsgid": "1",
  });
});

test("headers are read whatever the case of their names, the first of repeated ones", () => {
  assert.deepEqual(
    readMexHeaders({
      "Mex-To": "Y99002OT001 ",
      "MEX-CONTENT-CHECKSUM": ["a", "b"],
      "mex-other": "x",
      "content-type": "y",
      "mex-from": undefined,
    }),
    { to: "Y99002OT001", checksum: "a" },
  );
});

test("a text whose last UTF-8 byte looks like a space is read whole", () => {
  assert.equal(readMexHeaders(writeMexHeaders({ subject: "voilà" })).subject, "voilà");
});

test("any headers that were written are read back", () => {
  const text = fc.string({ unit: "binary" }).map((text) => text.trim());
  const headers: fc.Arbitrary<MexHeaders> = fc.record(
    Object.fromEntries(Object.keys(headerNames).map((property) => [property, text])),
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(fc.property(headers, (headers) => assert.deepEqual(readMexHeaders(writeMexHeaders(headers)), headers)));
});

test("a header gets back the bytes that it came with, in whatever encoding", () => {
  const bytes = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  fc.assert(
    fc.property(bytes, (text) => {
      const came = { "mex-subject": text };
      const given = writeMexHeaders(readMexHeaders(came), latin1Headers(came))["mex-subject"];
      assert.equal(given, text.replaceAll(/^[ \t]+|[ \t]+$/g, ""), "but for blanks, which HTTP does not carry");
    }),
  );
});

test("white space that is no blank of HTTP stays", () => {
  assert.equal(readMexHeaders(writeMexHeaders({ subject: "\u3000a\u00A0" })).subject, "\u3000a\u00A0");
  assert.equal(readMexHeaders({ "mex-subject": "caf\u00E9\u00A0" }).subject, "café\u00A0", "in Latin-1 too");
});

test("a character is a code point, whatever it takes to write it", () => {
  assert.equal(characterCount(""), 0);
  assert.equal(characterCount("Łódź"), 4);
  assert.equal(characterCount("🙂".repeat(400)), 400);
});

test("the limits are those of the MESH API, and our own where it has none", () => {
  assert.deepEqual(headerLimits, {
    to: 100,
    workflowId: 300,
    chunkRange: 20,
    subject: 500,
    localId: 300,
    partnerId: 500,
    fileName: 300,
    checksum: 100,
    processId: 32,
    fromSmtp: 254,
    toSmtp: 254,
    compress: 10,
    compressed: 10,
    encrypted: 10,
    contentType: 255,
  });
});

test("control characters are those below a space, and delete", () => {
  for (const text of ["\0", "a\tb", "a\nb", "\u001F", "\u007F"]) assert.equal(hasControlCharacter(text), true);
  for (const text of ["", "a b", "Łukasz", "\u0080"]) assert.equal(hasControlCharacter(text), false);
});

test("a checksum has letters, digits, spaces, colons, hyphens and slashes only", () => {
  for (const text of ["", "sha256: a-b/C0"]) assert.equal(isChecksumText(text), true);
  for (const text of ["a=b", "a+b", "é", "a\tb"]) assert.equal(isChecksumText(text), false);
});
