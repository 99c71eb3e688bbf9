import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import * as fc from "fast-check";
import { XmlDocument } from "libxml2-wasm";
import { check, consultationSummary, readMessage, writeJson, writeXml } from "@restante/itk3";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { consultation } from "../consultation.ts";

const base = Buffer.from(consultationSummary(consultation()).xml);
const scraps = [
  "<",
  ">",
  "/",
  "&",
  '"',
  "<!--",
  "]]>",
  "<a>",
  "</a>",
  "xmlns=",
  "&#0;",
  "\u0000",
  "\uFFFF",
  "<?x?>",
  ' xml:id="a"',
  ' xml:id="1"',
  ' xmlns:a="urn:x"',
  "a:1",
  ":",
  "-",
  "<![CDATA[",
  "é",
];

const edit = fc.record({
  at: fc.nat({ max: base.length - 1 }),
  cut: fc.nat({ max: 40 }),
  put: fc.oneof(
    fc.constantFrom(...scraps).map((scrap) => Buffer.from(scrap)),
    fc.uint8Array({ maxLength: 4 }),
    fc
      .tuple(fc.nat({ max: base.length - 1 }), fc.nat({ max: 200 }))
      .map(([from, length]) => base.subarray(from, from + length)),
  ),
});

test(
  "a damaged message never throws or hangs, is never read where libxml2 would not, and can be written again",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes: Buffer = base;
        for (const { at, cut, put } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        }
        const result = readMessage(bytes);
        check(result);
        if (result.message === undefined) return;
        // Throws where it is not well-formed.
        using document = XmlDocument.fromBuffer(bytes);
        assert.ok(document.root);
        // What is read can be written, and read again.
        assert.equal(readXmlResource(writeXml(result.message.bundle)).refused, undefined);
        assert.equal(readJsonResource(writeJson(result.message.bundle)).refused, undefined);
      }),
      { numRuns: 1500 },
    );
  },
);
