import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Refusal } from "../../src/issue.ts";
import { tokenise } from "../../src/xml/tokenise.ts";
import { libxml2Reads, saxesReads, type Told } from "../well-formed.ts";

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
      instruction: ({ start, end, line, column }) => told.push(`${text.slice(start, end)} ${line}:${column}`),
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
<!-- before --> <?xml-stylesheet href="a>b"?>
<a xmlns="urn:a" b='1 &lt; 2&#x9;' c = "\r\n\t">
  <p:b xmlns:p="urn:p"\t/>x &amp; <![CDATA[<y>]]>
  é <?Łódź-1?></a >
<!-- behind -->
<?b ? > ?>\n`;
  assert.deepEqual(tokensOf(xml), [
    "comment  before ",
    '<?xml-stylesheet href="a>b"?> 2:17',
    "<a urn:a xmlns=urn:a b=1 < 2\t c=  > 3:1",
    "<b urn:p xmlns:p=urn:p> 5:3",
    `/ ${xml.indexOf("x &")}`,
    '"x & "',
    "cdata <y>",
    '"\\n  é "',
    "<?Łódź-1?> 6:5",
    `/ ${xml.indexOf("\n<!-- behind")}`,
    "comment  behind ",
    "<?b ? > ?> 8:1",
  ]);
});

const declared = '<?xml version="1.0"?><a/>';

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
  ["an instruction that does not end", "<a><?b c></a>", "1:7 a processing instruction does not end"],
  ["an instruction without a name", "<a><? b?></a>", "1:6 a name is wrong"],
  ["an instruction whose name goes on", "<a><?b=c?></a>", "1:7 the name of a processing instruction is wrong"],
  ["an instruction with a prefix", "<a><?b:c?></a>", "1:9 the name of a processing instruction is wrong"],
  ["an instruction named XML", "<a/><?XML b?>", "1:5 the name of a processing instruction is wrong"],
  ["a control character in an instruction", "<a><?b c\n\u0001?></a>", "2:1 a character is not allowed"],
  ["a blank line before the declaration", `\n${declared}`, "2:1 there is a blank line before the XML declaration"],
  ["a space before the declaration", ` ${declared}`, "1:2 there is white space before the XML declaration"],
  ["a comment before the declaration", `<!--a-->${declared}`, "1:9 an XML declaration does not stand at the beginning"],
  ["a declaration within", `<a>\n${declared}</a>`, "2:1 an XML declaration does not stand at the beginning"],
  ["a declaration of nothing", "<?xml><a/>", "1:1 the XML declaration is wrong"],
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
const sections = ["<![CDATA[", "]]>", "]]", "<![CDATA[a > b]]>", "<![CDATA[]]>", "<![CDATA[]]]]>"];
const instructions = [
  "<?",
  "?>",
  "<?a",
  "<?a?>",
  "<?a b > ?>",
  "<?xml-stylesheet ",
  "<?xml ",
  "<?XML?>",
  "<?a:b?>",
  "<?é",
];
const others = ["<!--", "-->", "--", "&amp;", "&#65;", "&#x41;", "&#0;", "&lt", ' xml:lang="e"'];
const pieces = [...marks, ...characters, ...tags, ...attributes, ...sections, ...instructions, ...others];

/** Text, sections, comments and instructions, as one parser tells of them or another: line ends are XML's. */
function contentTold(reads: (told: Told) => void): string[] {
  const content: string[] = [];
  reads((kind, found) => {
    const text = found.replace(/\r\n?/g, "\n");
    if (kind !== "text" || /[^ \t\n]/.test(text)) content.push(`${kind} ${text}`);
  });
  return content;
}

function tokeniserTells(text: string, told: Told): void {
  tokenise(text, {
    open() {},
    text: (found) => told("text", found),
    cdata: (found, { start, end }) => {
      assert.equal(text.slice(start, end), `<![CDATA[${found}]]>`);
      told("cdata", found);
    },
    comment: (found) => told("comment", found),
    instruction: ({ start, end }) => {
      const [, target = "", body = ""] = /^<\?([^ \t\r\n?]+)[ \t\r\n]*([^]*)\?>$/.exec(text.slice(start, end)) ?? [];
      told("instruction", `${target} ${body}`);
    },
    close() {},
  });
}

test("what libxml2 and saxes take for well-formed is read, and nothing else", () => {
  let read = 0;
  const seen = { cdata: 0, instruction: 0 };
  const anyText = fc.tuple(fc.boolean(), fc.array(fc.constantFrom(...pieces), { maxLength: 12 }));
  fc.assert(
    fc.property(anyText, ([wrapped, some]) => {
      const text = wrapped ? `<a>${some.join("")}</a>` : some.join("");
      // A byte order mark there is the decoder's.
      fc.pre(!text.startsWith("\ufeff"));
      const last = tokensOf(text).at(-1) ?? "";
      const othersRead = text !== "" && libxml2Reads(Buffer.from(text)) && saxesReads(text);
      if (/^(?:\/|comment|<\?)/.test(last)) {
        read += 1;
        assert.ok(othersRead, `read, though it is not well-formed: ${text}`);
        const ours = contentTold((told) => tokeniserTells(text, told));
        assert.deepEqual(
          ours,
          contentTold((told) => saxesReads(text, told)),
        );
        for (const kind of ["cdata", "instruction"] as const) {
          if (ours.some((one) => one.startsWith(kind))) seen[kind] += 1;
        }
      } else if (last.startsWith("not-well-formed")) {
        assert.ok(!othersRead, `refused, though it is well-formed: ${last}`);
      }
    }),
    { numRuns: 20_000, seed: 1 },
  );
  assert.ok(read > 500, `only ${read} were well-formed`);
  assert.ok(seen.cdata > 50 && seen.instruction > 50, JSON.stringify(seen));
});
