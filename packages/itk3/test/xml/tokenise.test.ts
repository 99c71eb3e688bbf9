import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Refusal } from "../../src/issue.ts";
import { tokenise } from "../../src/xml/tokenise.ts";
import { libxml2Reads, saxesReads } from "../well-formed.ts";

/** What is told of a text, an event a word; or why it is refused. */
function tokensOf(text: string): string[] {
  const told: string[] = [];
  try {
    tokenise(text, {
      open: ({ name, namespace, attributes, line, column }) => {
        const held = Array.from(
          { length: attributes.count },
          (_, at) => `${attributes.name(at)}=${attributes.value(at)}`,
        );
        told.push(`<${[name, namespace, ...held].join(" ")}> ${line}:${column}`);
      },
      text: (found) => told.push(JSON.stringify(found)),
      cdata: (found) => told.push(`cdata ${found}`),
      comment: (found) => told.push(`comment ${found}`),
      close: (end) => told.push(`/ ${end}`),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, text: reason, line, column } = error.issue;
    told.push(`${code} ${line}:${column} ${reason}`);
  }
  return told;
}

test("elements, values, text, sections and comments are told in order, with their places", () => {
  // A line ends within a value too.
  const xml = `<?xml version='1.0' encoding='utf-8' standalone="yes" ?>
<!-- before -->
<a xmlns="urn:a" b='1 &lt; 2&#x9;' c = "\r\n\t">
  <p:b xmlns:p="urn:p"\t/>x &amp; <![CDATA[<y>]]>
</a >
<!-- behind -->\n`;
  assert.deepEqual(tokensOf(xml), [
    "comment  before ",
    "<a urn:a xmlns=urn:a b=1 < 2\t c=  > 3:1",
    "<b urn:p xmlns:p=urn:p> 5:3",
    `/ ${xml.indexOf("x &")}`,
    '"x & "',
    "cdata <y>",
    `/ ${xml.indexOf("\n<!-- behind")}`,
    "comment  behind ",
  ]);
});

const refused: readonly (readonly [what: string, text: string, expected: string])[] = [
  ["a tag that does not end", "<a", "1:3 a tag does not end"],
  ["an element that does not end", "<a>\n<b></b>", "2:8 an element does not end"],
  ["no element", "<!-- a -->", "1:11 there is no element"],
  ["an end tag of another name", "<a></b>", "1:4 an end tag does not match the start tag"],
  ["an end tag of a longer name", "<a></ab>", "1:7 an end tag does not match the start tag"],
  ["an end tag alone", "<a/></a>", "1:5 an end tag has no start tag"],
  ["attributes that are not apart", '<a b="1"c="2"/>', "1:9 a tag does not end"],
  ["an attribute without a value", "<a b/>", "1:5 an attribute has no value"],
  ["a value without quotes", "<a b=1/>", "1:6 an attribute's value is not in quotes"],
  ["a value that does not end", '<a b="1/>', "1:6 an attribute's value does not end"],
  ["a tag in a value", '<a b="x<"/>', "1:8 an attribute's value holds a tag"],
  ["an attribute twice", '<a b="" b=""/>', "1:13 an attribute stands twice"],
  ["a name that begins with a digit", "<1a/>", "1:2 a name is wrong"],
  ["a name of three parts", '<a:b:c xmlns:a="u"/>', "1:2 a name is wrong"],
  ["a letter that no name has", "<a×/>", "1:2 a name is wrong"],
  ["two hyphens in a comment", "<a><!-- a -- b --></a>", "1:13 a comment holds two hyphens"],
  ["the end of a section in text", "<a>\nb]]></a>", "2:2 text holds the end of a CDATA section"],
  ["a section outside the root", "<![CDATA[]]><a/>", "1:1 a declaration is not allowed"],
  ["text behind the root", "<a/>\nb", "2:1 text stands outside the root element"],
  ["an entity that XML does not know", "<a>&amp;\n &nbsp;</a>", "2:2 a reference is none that XML knows"],
  ["an ampersand in a value of two lines", '<a b="\r\n&#9; & c"/>', "2:6 a reference is none that XML knows"],
  ["an ampersand alone", "<a>b & c</a>", "1:6 a reference is none that XML knows"],
  ["a number that is no character", "<a>&#xfffe;</a>", "1:4 a reference is none that XML knows"],
  ["a control character in a value", '<a b="\r\n\u0001"/>', "2:1 a character is not allowed"],
  ["a control character in a comment", "<a><!--b\n\u0001--></a>", "2:1 a character is not allowed"],
  ["an element behind the root", "<a/><a/>", "1:7 there is more than one root element"],
  [
    "a declaration that is out of order",
    '<?xml encoding="utf-8" version="1.0"?><a/>',
    "1:1 the XML declaration is wrong",
  ],
  [
    "the default namespace for xmlns",
    '<a xmlns="http://www.w3.org/2000/xmlns/"/>',
    "1:1 a namespace declaration is wrong",
  ],
  ["a prefix declared away", '<a xmlns:p="u"><b\nxmlns:p=""/></a>', "1:16 a namespace declaration is wrong"],
];

for (const [what, text, expected] of refused) {
  test(`${what} is refused where it stands`, () => {
    const last = tokensOf(text).at(-1) ?? "";
    assert.ok(last.startsWith("not-well-formed "), last);
    assert.equal(last.replace("Not well-formed XML: ", "").includes(`${expected}.`), true, last);
  });
}

test("values and names of any length and letter are read", () => {
  const value = `${"a".repeat(63)}é'&quot;${"b".repeat(10_000)}&#128657;`;
  assert.deepEqual(tokensOf(`<Łódź-1._ é="${value}" xmlnsx="no name space"/>`), [
    `<Łódź-1._  é=${value.replace("&quot;", '"').replace("&#128657;", "🚑")} xmlnsx=no name space> 1:1`,
    `/ ${value.length + 39}`,
  ]);
});

test("a long value is looked at whole, whatever it seems to be at its beginning", () => {
  const base64 = "AAAA".repeat(5000);
  for (const [end, reason] of [
    ["<", "holds a tag"],
    ["&", "is none that XML knows"],
    ["\u0002", "is not allowed"],
    ["\uffff", "is not allowed"],
  ] as const) {
    assert.match(tokensOf(`<a b="${base64}${end}"/>`).at(-1) ?? "", new RegExp(reason));
  }
  assert.equal(tokensOf(`<a b="${base64}\n"/>`)[0], `<a  b=${base64} > 1:1`);
});

test("attributes by the thousand are told apart", () => {
  const many = Array.from({ length: 5000 }, (_, at) => `a${at}=""`).join(" ");
  assert.equal(tokensOf(`<a ${many}/>`).length, 2);
  assert.match(tokensOf(`<a ${many} a4321=""/>`).at(-1) ?? "", /an attribute stands twice/);
});

// Pieces that mean something to XML, in any order: nearly all of it is wrong, in every way that can be.
const marks = String.raw`< > / = : ; & # x ' " ! ? - ] a 1`.split(" ");
const characters = [" ", "\n", "\r", "\t", "é", "Ł", "🚑", "×", "\u0000", "\u0085", "\u2028", "\ufeff", "\ufffe"];
const tags = ["<a>", "</a>", "<b/>", "<a ", "<p:a>", "</p:a>", "xmlns", "xml:", ":a", "a:", '<?xml version="1.0"?>'];
const attributes = [' a="1"', " b='2'", ' p:a="3"', ' xmlns="u"', ' xmlns:p="u"', ' xmlns:p=""', ' xml:id="i"'];
const others = ["<!--", "-->", "--", "<![CDATA[", "]]>", "&amp;", "&#65;", "&#x41;", "&#0;", "&lt", ' xml:lang="e"'];
const pieces = [...marks, ...characters, ...tags, ...attributes, ...others];

test("what libxml2 and saxes take for well-formed is read, and nothing else", () => {
  let read = 0;
  const anyText = fc.tuple(fc.boolean(), fc.array(fc.constantFrom(...pieces), { maxLength: 12 }));
  fc.assert(
    fc.property(anyText, ([wrapped, some]) => {
      const text = wrapped ? `<a>${some.join("")}</a>` : some.join("");
      // A byte order mark there is the decoder's.
      fc.pre(!text.startsWith("\ufeff"));
      const last = tokensOf(text).at(-1) ?? "";
      const othersRead = text !== "" && libxml2Reads(Buffer.from(text)) && saxesReads(text);
      if (last.startsWith("/") || last.startsWith("comment")) {
        read += 1;
        assert.ok(othersRead, `read, though it is not well-formed: ${text}`);
      } else if (last.startsWith("not-well-formed")) {
        assert.ok(!othersRead, `refused, though it is well-formed: ${last}`);
      }
    }),
    { numRuns: 20_000, seed: 1 },
  );
  assert.ok(read > 500, `only ${read} were well-formed`);
});
