// Damaged messages, each told from its number alone, so that one that fails can be looked at by itself.
import { Buffer } from "node:buffer";
import {
  type Bundle,
  infrastructureResponse,
  observationSection,
  onlineConsultation,
  questionnaireResponseSection,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { consultation, receipt } from "../consultation.ts";

export type Format = "xml" | "json";

export const seed = 20_261_123;

const issued = "2026-01-05T10:00:00+00:00";

/** A dense one with structured entries, a plain one, a response. */
const bundles: readonly Bundle[] = [
  onlineConsultation(
    consultation({
      attachments: [],
      sections: (parts) => [
        observationSection(parts, [
          {
            code: { code: "27113001", display: "Body weight" },
            issued,
            value: { value: "85.0", unit: "kg", ucum: "kg" },
            category: { code: "vital-signs", display: "Vital Signs" },
          },
        ]),
        questionnaireResponseSection(parts, {
          authored: issued,
          items: [{ linkId: "1", text: "How?", items: [{ linkId: "1-1", text: "New?", answer: true }] }],
        }),
      ],
    }),
  ).bundle,
  onlineConsultation(consultation({ attachments: [] })).bundle,
  infrastructureResponse(receipt()).bundle,
];

const bases: Readonly<Record<Format, readonly Buffer[]>> = {
  xml: bundles.map((bundle) => Buffer.from(writeXml(bundle))),
  json: bundles.map((bundle) => Buffer.from(writeJson(bundle))),
};

const common = ["", " ", "\n", '"', "'", "é", "\u0000", "\uFFFF", "\u00A0", "/", "0", "-1", "1e9", "true", "null"];
const scraps: Readonly<Record<Format, readonly Buffer[]>> = {
  xml: [
    ...common,
    ..."< > & = <a> </a> <a/> <p> ]]> <!-- --> <?x?> <![CDATA[ &#0; &#x41; &lt; &nbsp; xmlns= value= : - a:1".split(
      " ",
    ),
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    "<![CDATA[a < b]]>",
    "<![CDATA[]]]]>>",
    '<?xml-stylesheet href="a>b"?>',
    "<?x",
    "?>",
    ' xmlns="x:"',
    ' xmlns:f="http://hl7.org/fhir"',
    ' xmlns:a="urn:x"',
    ' xml:id="a"',
    ' xml:id="1"',
    ' value=""',
    "<extension/>",
    '<script xmlns="http://www.w3.org/1999/xhtml"/>',
  ].map((text) => Buffer.from(text)),
  json: [
    ...common,
    "<![CDATA[a < b]]>",
    "]<![CDATA[]]]>>",
    "<?x y > z?>",
    ...'{ } [ ] , : {} [] \\ \\u0000 \\ud800 "_id" "id": "__proto__": "extension":[{}] [null] {"a":1}, 1.0, 01 // NaN'.split(
      " ",
    ),
  ].map((text) => Buffer.from(text)),
};

/** The message that the damaged one of this number was made of. */
export function undamaged(format: Format, number: number): Buffer {
  return bases[format][number % bundles.length] ?? Buffer.alloc(0);
}

export function damaged(format: Format, number: number): Buffer {
  const below = randomFrom(seed + number);
  const base = undamaged(format, number);
  let bytes = base;
  for (let edits = 1 + below(3); edits > 0; edits -= 1) bytes = edited(bytes, base, scraps[format], below);
  return bytes;
}

type Below = (limit: number) => number;

// Most edits keep to lines or values, so that many messages stay well-formed and are read.
function edited(bytes: Buffer, base: Buffer, pieces: readonly Buffer[], below: Below): Buffer {
  const at = below(bytes.length);
  const piece = pieces[below(pieces.length)] ?? base;
  const [from, to] = lineAround(bytes, at);
  const line = base.subarray(...lineAround(base, below(base.length)));
  const [open, close] = valueAfter(bytes, at);
  switch (below(8)) {
    case 0:
      return spliced(bytes, at, at + below(40), piece);
    case 1:
      return spliced(bytes, at, at + below(4), Buffer.from([below(256), below(256)]));
    case 2:
      return spliced(bytes, at, at + below(40), base.subarray(below(base.length)).subarray(0, below(300)));
    case 3:
      return spliced(bytes, from, from, line);
    case 4:
      return spliced(bytes, from, to, below(2) === 0 ? Buffer.alloc(0) : line);
    case 5:
      return spliced(bytes, open, close, base.subarray(...valueAfter(base, below(base.length))));
    case 6:
      return spliced(bytes, open, close, piece);
    default:
      return spliced(bytes, open, open, piece);
  }
}

function spliced(bytes: Buffer, from: number, to: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(Math.max(from, to))]);
}

/** Its line end is the line's own. */
function lineAround(bytes: Buffer, at: number): [from: number, to: number] {
  const end = bytes.indexOf("\n", at);
  return [at === 0 ? 0 : bytes.lastIndexOf("\n", at - 1) + 1, end === -1 ? bytes.length : end + 1];
}

/** What stands within the next pair of quotation marks. */
function valueAfter(bytes: Buffer, at: number): [from: number, to: number] {
  const open = bytes.indexOf('"', at) + 1;
  const close = bytes.indexOf('"', open);
  return [open, close === -1 ? open : close];
}

/** Mulberry32: whole numbers from 0, the same ones for a seed in every run. */
function randomFrom(start: number): Below {
  let state = start;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
