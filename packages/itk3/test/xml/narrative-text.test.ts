import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as fc from "fast-check";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { writeJson } from "../../src/json/write-resource.ts";
import type { ReadResource } from "../../src/read/read-resource.ts";
import { sourceOfBytes } from "../../src/read/source.ts";
import { writeXml } from "../../src/xml/write-resource.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { saxesReads } from "../well-formed.ts";

const opened = '<div xmlns="http://www.w3.org/1999/xhtml">';

/** Bytes and text, XML and JSON. */
function readEach(inside: string): readonly ReadResource[] {
  const div = `${opened}${inside}</div>`;
  const xml = `<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>${div}</text></Patient>`;
  const json = JSON.stringify({ resourceType: "Patient", text: { status: "generated", div } });
  return [
    readXmlResource(xml),
    readXmlResource(sourceOfBytes(Buffer.from(xml))),
    readJsonResource(json),
    readJsonResource(sourceOfBytes(Buffer.from(json))),
  ];
}

function divOf({ resource }: ReadResource): string | undefined {
  assert.ok(resource?.resourceType === "Patient");
  return resource.text?.div;
}

const kept: readonly (readonly [what: string, inside: string, expected: string])[] = [
  ["a CDATA section", "<p><![CDATA[a < b]]></p>", "<p>a &lt; b</p>"],
  ["what would act", "a<![CDATA[><img src=x onerror=alert(1)>]]>", "a&gt;&lt;img src=x onerror=alert(1)&gt;"],
  ["references, which a section has none of", "<![CDATA[&amp;&nbsp;&]]>", "&amp;amp;&amp;nbsp;&amp;"],
  ["an empty section", "a<![CDATA[]]>b", "ab"],
  ["letters beyond ASCII around and in it", "É<p>Łódź<![CDATA[🚑<ž]]>’</p>🚑", "É<p>Łódź🚑&lt;ž’</p>🚑"],
  ["sections one behind another", "<![CDATA[a]]><![CDATA[b]]>", "ab"],
  ["two brackets at its end, and a sign behind it", "<![CDATA[a]]]]>>b", "a]]&gt;b"],
  ["a bracket before it, one in it, and a sign behind it", "a]<![CDATA[]]]>>b", "a]]&gt;b"],
  ["an empty one between brackets and a sign", "a]<![CDATA[]]>]>b", "a]]&gt;b"],
  ["a processing instruction", "a<?x y > <img src=x onerror=alert(1)> ?>b", "ab"],
  ["an instruction between brackets and a sign", "a]]<?x?>>b", "a]]&gt;b"],
  ["instructions in and behind elements", "<?a?><p>a<?b c?></p><?d?>", "<p>a</p>"],
  ["what only looks like one", "<p title='&lt;![CDATA[ &lt;?x ?>'>a<!-- <![CDATA[ <?x ? --></p>", ""],
];

for (const [what, inside, expected] of kept) {
  test(`of a narrative with ${what}, text is kept as text`, () => {
    for (const read of readEach(inside)) {
      assert.equal(divOf(read), `${opened}${expected === "" ? inside : expected}</div>`);
      const codes = read.issues.map(({ severity, code, location }) => `${severity} ${code} ${location}`);
      const told = new Set(/^(?!.*<!--).*<\?/.test(inside) ? ["warning processing-instruction Patient.text.div"] : []);
      assert.deepEqual(new Set(codes), told);
    }
  });
}

test("a fault behind a CDATA section or an instruction is told where it stands", () => {
  const [read] = readEach("<![CDATA[a\nb]]><?x\ny?> <font>a</font>");
  assert.deepEqual(
    read?.issues.map(({ code, line, column }) => `${code} ${line}:${column}`),
    ["processing-instruction 2:5", "narrative 3:5"],
  );
});

test("an instruction in a narrative that is left out, or beside its div, is told in XML alone", () => {
  const [xml, , json] = readEach("<?x?><font>a</font>");
  assert.deepEqual(
    xml?.issues.map(({ code }) => code),
    ["processing-instruction", "narrative"],
  );
  assert.deepEqual(
    json?.issues.map(({ code }) => code),
    ["narrative"],
  );
});

/** The text of some XML, and whether it has sections or instructions in it. */
function contentOf(xml: string): { text: string; isPlain: boolean } {
  let text = "";
  let isPlain = true;
  assert.ok(
    saxesReads(xml, (kind, found) => {
      if (kind === "text" || kind === "cdata") text += found;
      if (kind === "cdata" || kind === "instruction") isPlain = false;
    }),
    xml,
  );
  return { text, isPlain };
}

const whole = [
  "<![CDATA[",
  "]]>",
  "<?x ",
  "?>",
  "<!--",
  "-->",
  "<p>",
  "</p>",
  "<br/>",
  "&lt;",
  "&#62;",
  "&amp;",
  "<![CDATA[]]>",
];
const parts = [
  ...whole,
  "<?x?>",
  "<![CDATA[<img src=x onerror=alert(1)>]]>",
  ..."]>&<![?-! \na1".split(""),
  "Ł",
  "🚑",
  "\r\n",
  "\u00a0",
];

test("no narrative that leaves the reader has a CDATA section or an instruction, all have the text that they came with, and come back the same", () => {
  let changed = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 14 }), (some) => {
      const inside = `a${some.join("")}`;
      const [first, ...others] = readEach(inside);
      assert.ok(first);
      // XML that is not well-formed has no narrative; in JSON it is the narrative that has none.
      if (first.refused !== undefined) return;
      const div = divOf(first);
      for (const read of others) assert.equal(divOf(read), div);
      if (div === undefined) return;
      const written = `${opened}${inside}</div>`;
      const { text, isPlain } = contentOf(div);
      assert.ok(isPlain, div);
      assert.equal(text, contentOf(written).text);
      if (contentOf(written).isPlain) assert.equal(div, written);
      else changed += 1;
      const { resource } = first;
      assert.ok(resource);
      for (const again of [readXmlResource(writeXml(resource)), readJsonResource(writeJson(resource))]) {
        assert.deepEqual(again.issues, []);
        assert.deepEqual(again.resource, resource);
      }
    }),
    { numRuns: 10_000, seed: 1 },
  );
  assert.ok(changed > 300, String(changed));
});

test(
  "a narrative of nothing but sections or instructions, by the hundred thousand, is read in time",
  { timeout: 10_000 },
  async () => {
    for (const one of ["<![CDATA[<]]>", "<?a?>", "]<?a?>"]) {
      for (const read of readEach(`a${one.repeat(200_000)}`)) assert.equal(divOf(read)?.includes("<?"), false);
    }
    // The timeout of a test that never waits is never noticed.
    await setTimeout(0);
  },
);
