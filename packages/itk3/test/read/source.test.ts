import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import * as fc from "fast-check";
import { check, readMessage } from "@restante/itk3";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { Lines } from "../../src/read/lines.ts";
import { positionOf } from "../../src/read/positions.ts";
import { sourceOfBytes, sourceOfText } from "../../src/read/source.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { damaged, type Format, undamaged } from "../fuzz/damage.ts";
import { publishedExamples, withoutReference } from "../reference.ts";

/** Leaves a byte order mark where it is. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const readers = { xml: readXmlResource, json: readJsonResource };
const formats = ["xml", "json"] as const;

/** Every place that a reading tells, of what was read. */
function placesIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return [positionOf(value), ...Object.values(value).flatMap(placesIn)];
}

/** Reads the bytes as they are, and the text that they stand for. */
function holdAgainst(format: Format, bytes: Uint8Array, what: string): void {
  const ofBytes = readers[format](sourceOfBytes(bytes));
  const ofText = readers[format](decoder.decode(bytes));
  assert.deepEqual(ofBytes, ofText, what);
  assert.deepEqual(placesIn(ofBytes.resource), placesIn(ofText.resource), what);
}

// Of one byte to four; spaces, line ends and marks that only look it; halves that combine; what XML cannot hold.
const characters = [
  ...Array.from("éßŁ’“€ﬁ×🚑𝒳"),
  "e\u0301",
  "\u0000",
  "\u0080",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "\ufffe",
];
const marks = ["\uffff", "\r\n", "\r", "\n", "&#x2019;", "&amp;", "&’;", "<", '"', "\\", "\\u2019", "]]>", "--", "/>"];
const puts = [...characters, ...characters, ...marks, "<!-- ’ -->", "<![CDATA[Ł]]>", "<é:Ł/>", ' é="’"', "\\ud83d"];

const data = `<content value="${"AAAA".repeat(3000)}"/>`;
const narrative =
  '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p title="It’s">Dzień 🚑</p><!-- ž --></div></text>';
const name =
  '<name><family value="O’Brien"/><given value="Łucja"/></name><!-- ś --><name><text value="&#8217;"/></name>';
const patient = `<Patient xmlns="http://hl7.org/fhir">${narrative}${name}</Patient>`;
const binary = `<Binary xmlns="http://hl7.org/fhir"><id value="’"/><contentType value="a/b"/>${data}<ž/></Binary>`;
const samples: readonly (readonly [Format, string])[] = [
  ["xml", patient],
  ["xml", patient.replaceAll("><", ">\r\n  <")],
  ["xml", binary],
  ["json", JSON.stringify({ resourceType: "Patient", name: [{ family: "O’Brien", given: ["Łucja", "🚑"] }], Ž: 1 })],
  ["json", JSON.stringify({ resourceType: "Binary", id: "’", content: "AAAA".repeat(3000), ž: [] }, undefined, "\t")],
  ["json", JSON.stringify({ resourceType: "Patient", text: { status: "generated", div: narrative.slice(39, -7) } })],
];

test("a message reads to the same, with its places, whatever characters stand anywhere in it", () => {
  const insertions = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...puts)), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...samples), insertions, ([format, sample], inserted) => {
      let text = sample;
      for (const [number, put] of inserted) {
        // Of so long a value the middle is seldom of interest.
        const at = number % text.length;
        text = text.slice(0, at) + put + text.slice(at);
      }
      holdAgainst(format, Buffer.from(text), text);
    }),
    { numRuns: 6000, seed: 1 },
  );
});

for (const format of formats) {
  test(`10,000 damaged messages in ${format} read as bytes to what their text reads to`, () => {
    let held = 0;
    for (let number = 0; number < 10_000; number += 1) {
      const bytes = damaged(format, number);
      if (readMessage(bytes).issues.at(-1)?.code === "encoding") continue;
      holdAgainst(format, bytes, `${format} ${number}`);
      held += 1;
    }
    assert.ok(held > 8000);
  });
}

test("every published message reads as bytes to what its text reads to", { skip: withoutReference }, () => {
  for (const { name: file, bytes } of publishedExamples()) {
    holdAgainst("xml", bytes, file);
    holdAgainst("xml", Buffer.from(decoder.decode(bytes).replaceAll("a", "ą’")), file);
  }
});

test("bytes are read where a strict decoder takes them for UTF-8, and refused as an encoding elsewhere", () => {
  const valid = undamaged("xml", 0);
  const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 4 });
  const tricky = fc.constantFrom(
    ...["c0af", "eda080", "f4908080", "e28099", "efbfbe", "f09f9a91", "e280", "92", "efbbbf"].map((hex) =>
      Uint8Array.from(Buffer.from(hex, "hex")),
    ),
  );
  fc.assert(
    fc.property(fc.nat(valid.length), fc.oneof(anyBytes, tricky), (at, put) => {
      const bytes = Buffer.concat([valid.subarray(0, at), put, valid.subarray(at)]);
      const isRefused = readMessage(bytes).issues.at(-1)?.code === "encoding";
      let isText = true;
      try {
        decoder.decode(bytes);
      } catch {
        isText = false;
      }
      if (put[0] !== 0 && at > 1) assert.equal(isRefused, !isText);
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test("one byte order mark is passed over and is no column; a second, UTF-16 and other encodings are refused", () => {
  for (const format of formats) {
    const bytes = undamaged(format, 0);
    const marked = Buffer.concat([Buffer.from("\ufeff"), bytes]);
    assert.deepEqual(readMessage(marked).message?.bundle, readMessage(bytes).message?.bundle);
    assert.deepEqual(check(readMessage(marked)), check(readMessage(bytes)));
    const codeOf = (refused: Uint8Array): string | undefined => readMessage(refused).issues.at(-1)?.code;
    assert.equal(codeOf(Buffer.concat([Buffer.from("\ufeff"), marked])), "encoding");
    assert.equal(codeOf(Buffer.from(decoder.decode(bytes), "utf16le")), "encoding");
    assert.equal(codeOf(Buffer.from(decoder.decode(marked), "utf16le")), "encoding");
    assert.equal(codeOf(Buffer.from("\ufeff")), "not-well-formed");
  }
  for (const declared of ["ISO-8859-1", "windows-1252", "UTF-16"]) {
    const [issue] = readMessage(Buffer.from(`<?xml version="1.0" encoding="${declared}"?><é b="’"/>`)).issues;
    assert.deepEqual([issue?.code, issue?.line, issue?.column], ["encoding", 1, 1]);
  }
  // A letter of Windows-1252 as its one byte.
  assert.equal(readMessage(Buffer.from('<a b="\u0092"/>', "latin1")).issues[0]?.code, "encoding");
});

test("a place is told in characters, however far apart those beyond ASCII stand", () => {
  const gaps = [0, 1, 2, 60, 127, 128, 129, 300, 4094, 4095, 4096, 4097, 5000, 8192, 9001];
  const anyLine = fc.array(fc.tuple(fc.constantFrom(...gaps), fc.constantFrom("é", "’", "🚑", "\n", "\r\n", "")), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(anyLine, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (line, asked) => {
      const text = `${line.map(([gap, character]) => "-".repeat(gap) + character).join("")}-`;
      const whole = Array.from(text);
      const lines = [new Lines(sourceOfText(text)), new Lines(sourceOfBytes(Buffer.from(text)))];
      for (const count of asked.map((number) => number % whole.length).toSorted((a, b) => a - b)) {
        const before = whole.slice(0, count).join("");
        // Between the two characters of one line end there is no place to tell.
        if (before.endsWith("\r")) continue;
        const [ofText, ofBytes] = lines;
        ofText?.moveTo(before.length);
        ofBytes?.moveTo(Buffer.byteLength(before));
        const ended = before.split(/\r\n|\n/);
        const expected = [ended.length, Array.from(ended.at(-1) ?? "").length + 1];
        for (const one of lines) assert.deepEqual([one.line, one.column], expected);
      }
    }),
    { numRuns: 1000, seed: 1 },
  );
});
