import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { XmlDocument, type XmlElement } from "libxml2-wasm";
import { writeJson } from "../../src/json/write-resource.ts";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { readNarrative } from "../../src/xml/check-narrative.ts";
import { elementModels } from "../../src/xml/narrative-model.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { writeXml } from "../../src/xml/write-resource.ts";
import { referencePath, withoutReference } from "../reference.ts";
import { schemaFaults } from "../schema.ts";

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';

function xmlWith(div: string): string {
  return `<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>${div}</text></Patient>`;
}

const row = "<tr><td>a</td></tr>";

const valid: readonly (readonly [what: string, inside: string])[] = [
  [
    "a table with all that a table may have",
    `<table border="1"><caption>a</caption><col/><col span="2"/><thead>${row}</thead><tfoot>${row}</tfoot><tbody>${row}</tbody><tbody>${row}</tbody></table>`,
  ],
  ["rows alone", `<table>\n <tr>\n <th scope="row">a</th>\n <td colspan="2"/></tr>\n</table>`],
  ["groups of columns", `<table><colgroup><col/></colgroup><colgroup/>${row}</table>`],
  ["lists within lists", "<ul><li>a<ol><li><p>b</p></li></ol></li></ul><dl><dt>a</dt><dd><p>b</p></dd></dl>"],
  ["text and blocks beside each other", "a<p>b</p>c<div>d<b>e</b></div>"],
  ["a quotation of blocks", "<blockquote>\n<p>a</p>&#32;<!-- b --></blockquote>"],
  ["a picture", '<p><img src="#a" alt=""/>a</p>'],
  ["a map of areas", '<map id="m"><area alt="a"/><area alt="b" href="#b"/></map>a'],
  ["nothing in an end tag of its own", "a<br title='> '></br><hr></hr ><br><!-- a --></br>"],
  ["a link about text that is marked", '<a href="#a"><b>a</b></a>'],
];

for (const [what, inside] of valid) {
  test(`a narrative that XHTML allows, with ${what}, is told nothing of`, () => {
    const div = `<div ${xmlns}>${inside}</div>`;
    assert.deepEqual(readXmlResource(xmlWith(div)).issues, []);
    const json = { resourceType: "Patient", text: { status: "generated", div } };
    assert.deepEqual(readJsonResource(JSON.stringify(json)).issues, []);
  });
}

/** Behind a line end: each where it is wrong, from the first column of the second line. */
const wrong: readonly (readonly [inside: string, text: string])[] = [
  ["<p>a\n<ul><li>a</li></ul></p>", "ul within p, where XHTML does not allow it"],
  ["<p>a\n<p>b</p></p>", "p within p, where XHTML does not allow it"],
  ["a\n<li>b</li>", "li within div, where XHTML does not allow it"],
  ["a\n<td>b</td>", "td within div, where XHTML does not allow it"],
  ["<ul>\n<p>a</p></ul>", "p within ul, where XHTML does not allow it"],
  ["a\n<ul>a</ul>", "text within ul, where XHTML does not allow it"],
  ["a\n<ul/>", "ul without what it must hold in XHTML"],
  ["a\n<table></table>", "table without what it must hold in XHTML"],
  [`a\n<table><thead>${row}</thead></table>`, "table without what it must hold in XHTML"],
  ["a<table>\n<tr/></table>", "tr without what it must hold in XHTML"],
  ["<table>\n<tr>a<td/></tr></table>", "text within tr, where XHTML does not allow it"],
  ["a<table>\n<tr>&#160;<td/></tr></table>", "text within tr, where XHTML does not allow it"],
  ["<table>\n<tr><![CDATA[a]]><td/></tr></table>", "text within tr, where XHTML does not allow it"],
  ["<table>\n<td>a</td></table>", "td within table, where XHTML does not allow it"],
  [`<table>${row}\n<thead>${row}</thead></table>`, "thead within table, where XHTML does not allow it"],
  [`<table>${row}\n<tbody>${row}</tbody></table>`, "tbody within table, where XHTML does not allow it"],
  [
    `<table><caption>a</caption>\n<caption>b</caption>${row}</table>`,
    "caption within table, where XHTML does not allow it",
  ],
  ["a\n<blockquote>a</blockquote>", "text within blockquote, where XHTML does not allow it"],
  ["a\n<br>a</br>", "text within br, where XHTML does not allow it"],
  ["<pre>a\n<img src='#a' alt='a'/></pre>", "img within pre, where XHTML does not allow it"],
  ["<a>a\n<a>b</a></a>", "a within a, where XHTML does not allow it"],
  ["<a>a<b>\n<a>b</a></b></a>", "a within a, where XHTML does not allow it"],
  ["a\n<br title='>'> </br>", "white space within br, where XHTML does not allow it"],
  ["<h1>a\n<div>b</div></h1>", "div within h1, where XHTML does not allow it"],
  ["<map id='m'><area alt='a'/>\n<p>b</p></map>", "p within map, where XHTML does not allow it"],
  ["a\n<img alt='a'/>", "img without its src, an attribute that it must have in XHTML"],
  ["a\n<img src='#a'/>", "img without its alt, an attribute that it must have in XHTML"],
  ["a\n<bdo>b</bdo>", "bdo without its dir, an attribute that it must have in XHTML"],
  ["a\n<p width='1'>a</p>", "p with width, an attribute that XHTML does not give it"],
  ["a\n<br dir='ltr'/>", "br with dir, an attribute that XHTML does not give it"],
  ["a\n<p lang='en_GB'>b</p>", "p with a value of lang that XHTML does not give it"],
  [`a\n<table width="100px">${row}</table>`, "table with a value of width that XHTML does not give it"],
  [`a<table>\n<tr valign="center"><td/></tr></table>`, "tr with a value of valign that XHTML does not give it"],
  ["a\n<a rel='a,b'>b</a>", "a with a value of rel that XHTML does not give it"],
  ["a\n<ul><p id='1'>b</p><bdo/></ul><li/>", "p within ul, where XHTML does not allow it"],
];

for (const [inside, told] of wrong) {
  test(`a narrative is told of once, where it is wrong, and kept, in XML and in JSON, and written again: ${told}: ${inside}`, () => {
    const div = `<div ${xmlns}>${inside}</div>`;
    const xml = readXmlResource(xmlWith(div));
    const json = readJsonResource(JSON.stringify({ resourceType: "Patient", text: { status: "generated", div } }));
    const text = `A narrative holds ${told}.`;
    const [one, ...more] = xml.issues;
    assert.deepEqual(more, []);
    assert.deepEqual(
      { ...one, column: undefined },
      { severity: "error", code: "narrative-content", location: "Patient.text.div", line: 2, column: undefined, text },
    );
    assert.deepEqual(
      json.issues.map((issue) => [issue.severity, issue.code, issue.location, issue.text]),
      [["error", "narrative-content", "Patient.text.div", text]],
    );
    for (const { resource } of [xml, json]) {
      assert.ok(resource?.resourceType === "Patient");
      assert.equal(typeof resource.text?.div, "string");
      assert.ok(writeXml(resource).includes(resource.text?.div ?? ""));
      assert.ok(writeJson(resource).includes(JSON.stringify(resource.text?.div)));
    }
  });
}

test("of a narrative that is left out, or refuses the message, its content is not told besides", () => {
  for (const [inside, code] of [
    ["<ul>a</ul><font>a</font>", "narrative"],
    ["<font>a</font><ul>a</ul>", "narrative"],
    ["<ul/>", "narrative"],
    ["<ul>a</ul><script>a</script>", "active-content"],
  ] as const) {
    const div = `<div ${xmlns}>${inside}</div>`;
    const json = JSON.stringify({ resourceType: "Patient", text: { status: "generated", div }, active: true });
    for (const { issues, refused } of [readXmlResource(xmlWith(div)), readJsonResource(json)]) {
      const codes = new Set([...issues.map((issue) => issue.code), refused?.code]);
      assert.ok(codes.has(code));
      assert.ok(!codes.has("narrative-content"));
    }
  }
});

test("an error of content is told in place of a picture that not every reader shows", () => {
  const div = `<div ${xmlns}><ul>a</ul><img src="data:image/webp;base64,AAAA" alt="x"/></div>`;
  for (const read of [
    readXmlResource(xmlWith(div)),
    readJsonResource(JSON.stringify({ resourceType: "Patient", text: { status: "generated", div } })),
  ]) {
    assert.deepEqual(
      read.issues.map(({ code }) => code),
      ["narrative-content"],
    );
  }
});

// From here on HL7's schema is asked too.

test("our elements are those of HL7's schema, and no others", { skip: withoutReference }, () => {
  using schema = XmlDocument.fromBuffer(readFileSync(referencePath("xsd", "fhir-xhtml.xsd")));
  const found = schema.root.find("/xs:schema/xs:element", { xs: "http://www.w3.org/2001/XMLSchema" }) as XmlElement[];
  assert.deepEqual(names.toSorted(), found.map((one) => one.attr("name")?.value ?? "").toSorted());
});

const names = [...elementModels.keys()];
const attributes = [...new Set(Array.from(elementModels.values(), (model) => [...model.attributes]).flat())];

/** Values that the schema takes, where not any letter is one. */
const values: Readonly<Record<string, string>> = {
  dir: "ltr",
  "xml:lang": "en",
  lang: "en",
  hreflang: "en",
  style: "color:red",
  src: "#x",
  tabindex: "1",
  shape: "rect",
  coords: "0,0",
  height: "1",
  width: "1",
  ismap: "ismap",
  border: "1",
  nohref: "nohref",
  span: "1",
  align: "left",
  valign: "top",
  charoff: "1",
  headers: "root",
  scope: "row",
  rowspan: "1",
  colspan: "1",
  frame: "box",
  rules: "all",
  cellspacing: "1",
  cellpadding: "1",
  "xml:space": "preserve",
  xmlns: "http://www.w3.org/1999/xhtml",
};

let ids = 0;

function attribute(name: string): string {
  ids += 1;
  return ` ${name}="${name === "id" ? `id${ids}` : (values[name] ?? "a")}"`;
}

/** What makes an element whole, where it must hold something. */
const least: Readonly<Record<string, readonly string[]>> = {
  ul: ["li"],
  ol: ["li"],
  dl: ["dt"],
  map: ["p"],
  table: ["tr"],
  thead: ["tr"],
  tfoot: ["tr"],
  tbody: ["tr"],
  tr: ["td"],
};

/** Where an element may stand: the path from the div. */
const paths: Readonly<Record<string, string>> = {
  li: "ul",
  dt: "dl",
  dd: "dl",
  area: "map",
  caption: "table",
  colgroup: "table",
  col: "table",
  thead: "table",
  tfoot: "table",
  tbody: "table",
  tr: "table",
  td: "table tr",
  th: "table tr",
};

function element(name: string, inside: string, given = "", without = ""): string {
  const required = (elementModels.get(name)?.required ?? [])
    .filter((one) => one !== without && !given.includes(` ${one}=`))
    .map(attribute);
  return `<${name}${given}${required.join("")}${inside === "" ? "/>" : `>${inside}</${name}>`}`;
}

function whole(name: string, given = "", without = ""): string {
  return element(name, (least[name] ?? []).map((one) => whole(one)).join(""), given, without);
}

/** An element where it may stand, with what those around it must hold. */
function placed(name: string, written: string): string {
  const path = paths[name]?.split(" ") ?? [];
  const behind = path[0] === "table" && !["tr", "tbody", "td", "th"].includes(name) ? whole("tr") : "";
  return path.reduceRight(
    (inside, one, at) => element(one, at === path.length - 1 ? inside + behind : inside),
    written,
  );
}

/** Whether we and the schema say the same of what stands in the div; one of them says what is wrong. */
function judgedAlike(inside: string): boolean {
  const div = `<div ${xmlns} id="root">a${inside}</div>`;
  const { fault } = readNarrative(div);
  assert.ok(fault === undefined || fault.code === "narrative-content", div);
  const said = schemaFaults(xmlWith(div));
  // HTML 4.01, 12.2.2, forbids it at any depth, and the schema does not.
  if (isWithinItself("a", div)) said.push("a link within a link");
  assert.equal(fault === undefined, said.length === 0, `${div}\n${fault?.text ?? "nothing"}\n${said.join("\n")}`);
  return fault === undefined;
}

function isWithinItself(name: string, xml: string): boolean {
  let depth = 0;
  for (const [tag] of xml.matchAll(new RegExp(`</?${name}(?:[ /][^>]*)?>`, "g"))) {
    if (tag.startsWith("</")) depth -= 1;
    else if (depth > 0) return true;
    else if (!tag.endsWith("/>")) depth += 1;
  }
  return false;
}

test("what we say of any element within any other is what HL7's schema says of it", { skip: withoutReference }, () => {
  let right = 0;
  for (const parent of names) {
    const held = (least[parent] ?? []).map((one) => whole(one)).join("");
    for (const child of names) {
      for (const inside of [whole(child), whole(child) + held, held + whole(child), whole(child) + whole(child)]) {
        if (judgedAlike(placed(parent, element(parent, inside)))) right += 1;
      }
    }
  }
  assert.ok(right > 1000, String(right));
});

test(
  "what we say of text and of nothing within any element is what HL7's schema says",
  { skip: withoutReference },
  () => {
    for (const parent of names) {
      const held = (least[parent] ?? []).map((one) => whole(one)).join("");
      for (const inside of ["", " ", "\n", "a", "&#160;", `${held}a`, `a${held}`, `\n${held} `, `<!-- a -->${held}`]) {
        judgedAlike(placed(parent, element(parent, inside)));
      }
    }
  },
);

test("what we say of any attribute of any element is what HL7's schema says", { skip: withoutReference }, () => {
  assert.ok(attributes.length > 45);
  for (const name of names) {
    for (const one of attributes) {
      judgedAlike(placed(name, whole(name, attribute(one))));
      judgedAlike(placed(name, whole(name, "", one)));
    }
  }
});

/** Values, of which each attribute takes some. */
const anyValues =
  "|a|A b| a |a,b|1|+1|-1|-0|01|32767|32768|1.5|1%|1.5%|1.5|1px|*|3*|03*|1,2|1%, 2|1 ,2|en|en-GB|en_GB|EN|toolonglanguage|x-y-z|ltr|LTR| rtl|rect|circle|default|nohref|ismap|box|border|void|none|all|left|center|middle|top|baseline|row|colgroup|preserve|default|é|€|#a|:a|root|root root|x1 root".split(
    "|",
  );

/** An empty list of words is lawful to libxml2 and not to others; whether there is such an id, and an address, is not asked. */
const apart = new Set(["id", "xmlns", "href", "cite", "src", "longdesc", "usemap", "style", "headers"]);

test("what we say of any value of any attribute is what HL7's schema says", { skip: withoutReference }, () => {
  for (const name of names) {
    for (const one of elementModels.get(name)?.attributes ?? []) {
      if (apart.has(one)) continue;
      for (const value of anyValues) {
        if (value === "" && ["rel", "rev"].includes(one)) continue;
        // Fixed, which libxml2 does not look at.
        if (value === "default" && one === "xml:space") continue;
        judgedAlike(placed(name, whole(name, ` ${one}="${value}"`)));
      }
    }
  }
});

test("what we say of the parts of a table in any order is what HL7's schema says", { skip: withoutReference }, () => {
  const parts = ["caption", "col", "colgroup", "thead", "tfoot", "tbody", "tr"];
  let some: string[][] = [[]];
  for (let length = 1; length <= 4; length += 1) {
    some = some.flatMap((one) => parts.map((part) => one.concat(part)));
    for (const one of some) judgedAlike(element("table", one.map((part) => whole(part)).join("")));
  }
});

test("what we say of any narrative is what HL7's schema says", { skip: withoutReference }, () => {
  interface Node {
    name: string;
    inside: Node[];
  }
  const { node } = fc.letrec<{ node: Node; text: Node }>((tie) => ({
    text: fc.constant({ name: "", inside: [] }),
    node: fc.record({
      name: fc.constantFrom(...names, "p", "div", "ul", "li", "b", "span", "table", "tr", "td"),
      inside: fc.array(fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("text"), tie("node")), {
        maxLength: 3,
      }),
    }),
  }));
  const written = ({ name, inside }: Node): string => {
    if (name === "") return "a";
    return inside.length === 0 ? whole(name) : element(name, inside.map(written).join(""));
  };
  let right = 0;
  for (const one of fc.sample(node, { numRuns: 5000, seed: 1 }))
    if (judgedAlike(placed(one.name, written(one)))) right += 1;
  assert.ok(right > 200, String(right));
});
