import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { check, consultationSummary, type IssueCode, readMessage } from "@restante/itk3";
import { consultation } from "../consultation.ts";

const valid = consultationSummary(consultation()).xml;

function refusal(bytes: Uint8Array | string): IssueCode | undefined {
  const { message, issues } = readMessage(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  return message === undefined ? issues.at(-1)?.code : undefined;
}

const nested = (depth: number, open = "<item>", close = "</item>"): string => open.repeat(depth) + close.repeat(depth);
const utf16 = Buffer.from(`\uFEFF${valid}`, "utf16le");

const bundle = '<Bundle xmlns="http://hl7.org/fhir">';

const hostile: readonly (readonly [what: string, code: IssueCode, bytes: Uint8Array | string])[] = [
  ["nothing", "empty", ""],
  ["only spaces", "not-well-formed", "  \n "],
  ["text that is no XML", "not-well-formed", "MSH|^~\\&|"],
  ["a PDF", "not-well-formed", "%PDF-1.7"],
  ["one character", "not-well-formed", "<"],
  ["two byte order marks", "encoding", `\uFEFF\uFEFF${valid}`],
  ["UTF-16", "encoding", utf16],
  ["UTF-16 without its mark", "encoding", utf16.subarray(2)],
  ["bytes that are not UTF-8", "encoding", Buffer.from(valid.replace("Łukasz", "Åukasz"), "latin1")],
  ["another encoding declared", "encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>${valid}`],
  ["XML 1.1", "not-well-formed", `<?xml version="1.1"?>${valid}`],
  ["a DOCTYPE", "doctype", `<!DOCTYPE Bundle>${valid}`],
  ["entities that multiply", "doctype", `<!DOCTYPE B [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><B>&b;</B>`],
  ["an entity nobody declared", "not-well-formed", valid.replace("Northgate", "&nbsp;")],
  ["a processing instruction that does not end", "not-well-formed", valid.replace("<type", "<?php echo 1 ><type")],
  ["a blank line before the XML declaration", "not-well-formed", `\n<?xml version="1.0"?>${valid}`],
  ["the beginnings of processing instructions", "not-well-formed", `${bundle}${"<?a ".repeat(1_250_000)}`],
  ["elements 65 deep", "too-deep", `${bundle}${nested(64)}</Bundle>`],
  ["elements 200,000 deep", "too-deep", `${bundle}${nested(200_000)}</Bundle>`],
  ["ampersands and nothing else", "not-well-formed", `${bundle}${"&".repeat(5_000_000)}`],
  ["the beginnings of references", "not-well-formed", `<B a="${"&#x".repeat(1_600_000)}"/>`],
  ["references and nothing else", "not-a-message", `${bundle}${"&lt;".repeat(1_200_000)}</Bundle>`],
  ["an attribute twice", "not-well-formed", valid.replace('value="message"', 'value="message" value="document"')],
  ["a prefix that begins with a digit", "not-well-formed", valid.replace("<type", '<type xmlns:1="urn:x"')],
  ["an element whose local name begins with a digit", "not-well-formed", '<a:1 xmlns:a="urn:x"/>'],
  ["an element whose local name begins with a hyphen", "not-well-formed", '<a:-b xmlns:a="urn:x"/>'],
  ["an attribute whose local name begins with a digit", "not-well-formed", '<B xmlns:a="urn:x" a:1="x"/>'],
  ["an xml:id of two words", "not-well-formed", valid.replace("<type", '<type xml:id="a b"')],
  ["an xml:id with a colon", "not-well-formed", valid.replace("<type", '<type xml:id="a:b"')],
  ["an empty xml:id", "not-well-formed", valid.replace("<type", '<type xml:id=""')],
  ["an xml:id twice", "not-well-formed", valid.replace(/<type/g, '<type xml:id="a"')],
  ["an attribute twice by two prefixes", "not-well-formed", '<B xmlns:a="u" xmlns:b="u" a:x="1" b:x="2"/>'],
  ["a prefix nobody declared", "not-well-formed", "<f:Bundle/>"],
  ["a namespace that is no URI", "not-well-formed", '<B xmlns="http://hl7.org/[fhir"/>'],
  ["the xml prefix for something else", "not-well-formed", '<B xmlns:xml="http://hl7.org/fhir"/>'],
  ["two roots", "not-well-formed", valid + valid],
  ["the end missing", "not-well-formed", valid.slice(0, -20)],
  ["a control character", "not-well-formed", valid.replace("Northgate", "North\u0001gate")],
  ["another root", "wrong-root", '<MolecularSequence xmlns="http://hl7.org/fhir"/>'],
  ["no namespace", "wrong-root", "<Bundle/>"],
  [
    "a message that is only a Patient",
    "not-a-message",
    '<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>',
  ],
  ["a script in the narrative", "active-content", valid.replace("<p>", "<script>alert(1)</script><p>")],
  ["an event attribute", "active-content", valid.replace("<p>", '<p onclick="x()">')],
  ["a javascript address", "active-content", valid.replace("<p>", '<a href="java&#10;script:alert(1)">x</a><p>')],
  [
    "a data address that is no picture",
    "active-content",
    valid.replace("<p>", '<img src="data:text/html,x" alt="x"/><p>'),
  ],
  ["a style that fetches", "active-content", valid.replace("<p>", '<p style="background:url(http://x)">')],
  ["a frame", "active-content", valid.replace("<p>", '<iframe src="x"></iframe><p>')],
];

for (const [what, code, bytes] of hostile) {
  test(`${what}: refused as ${code}`, { timeout: 5000 }, async () => {
    assert.equal(refusal(bytes), code);
    // The timeout of a test that never waits is never noticed.
    await setTimeout(0);
  });
}

test("a message over the size limit is refused before it is read", () => {
  const { message, issues, remains } = readMessage(Buffer.from(valid), { maxBytes: valid.length / 2 });
  assert.equal(message, undefined);
  assert.equal(issues[0]?.code, "too-large");
  assert.equal(remains?.headerId, undefined);
});

test("what is neither XML nor a JSON object is said to be neither", () => {
  for (const text of ["MSH|^~", "[{}]", "null", " 1", "// a"]) {
    const { message, issues } = readMessage(Buffer.from(text));
    assert.equal(message, undefined);
    assert.equal(issues[0]?.text, "The message is neither XML nor a JSON object.");
  }
});

test("a message is read from bytes, not from text", () => {
  assert.throws(() => readMessage(valid as unknown as Uint8Array), { code: "input-invalid" });
});

test("a size limit that is no number lets nothing through", () => {
  assert.equal(readMessage(Buffer.from(valid), { maxBytes: Number.NaN }).issues[0]?.code, "too-large");
});

test("a byte order mark and a declaration of UTF-8 are read", () => {
  const marked = `\uFEFF<?xml version="1.0" encoding="utf-8"?>\n${valid}`;
  assert.deepEqual(readMessage(Buffer.from(marked)).issues, []);
});

test("a blank line or a space before the XML declaration is refused for that, in words", () => {
  for (const [before, what] of [
    ["\n", "a blank line"],
    [" \r\n\t", "a blank line"],
    ["\uFEFF\n", "a blank line"],
    [" ", "white space"],
  ] as const) {
    const { message, issues } = readMessage(Buffer.from(`${before}<?xml version="1.0"?>\n${valid}`));
    assert.equal(message, undefined);
    assert.deepEqual(
      issues.map(({ text }) => text),
      [`Not well-formed XML: there is ${what} before the XML declaration.`],
    );
  }
});

test("a blank line before the root, where nothing is declared, is read", () => {
  assert.deepEqual(readMessage(Buffer.from(`\n${valid}`)).issues, []);
});

test("processing instructions are passed over wherever they may stand, each with a warning where it stands", () => {
  const places: readonly (readonly [where: string, location: string, xml: string])[] = [
    ["before the root", "", `<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="view.xsl"?>\n${valid}`],
    ["behind the root", "", `${valid}\n<?x?>`],
    ["between elements", "Bundle", valid.replace("<type", "<?php echo 1 > 2 ?><type")],
    ["in a value", "Bundle", valid.replace('<type value="message"/>', '<type value="message"><?x y?></type>')],
    ["where text would be wrong", "Bundle.meta", valid.replace("<profile", "<?x <a> & ]]> -- y?><profile")],
  ];
  for (const [where, location, xml] of places) {
    const { message, issues } = readMessage(Buffer.from(xml));
    assert.deepEqual(message?.bundle, readMessage(Buffer.from(valid)).message?.bundle, where);
    const [before = ""] = xml.split(/<\?(?!xml )/);
    const lines = before.split("\n");
    assert.deepEqual(
      issues,
      [
        {
          severity: "warning",
          code: "processing-instruction",
          location: where === "in a value" ? "Bundle.type" : location,
          line: lines.length,
          column: (lines.at(-1) ?? "").length + 1,
          text: "A processing instruction was passed over.",
        },
      ],
      where,
    );
    const { conforms, findings } = check({ message, issues });
    assert.ok(conforms);
    assert.deepEqual(
      findings.map(({ id, severity }) => [id, severity]),
      [["STU3:processing-instruction", "warning"]],
    );
  }
});

test("a processing instruction for every five bytes is read in time", { timeout: 10_000 }, async () => {
  const { message, issues } = readMessage(Buffer.from(valid.replace("<type", `${"<?a?>".repeat(900_000)}<type`)));
  assert.ok(message);
  assert.equal(issues.length, 501);
  assert.ok(issues.every(({ severity }) => severity === "warning"));
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
});

test("an xml:id that is a name is left out with an issue", () => {
  const { message, issues } = readMessage(Buffer.from(valid.replace("<type", '<type xml:id=" Łódź-1 "')));
  assert.ok(message);
  assert.deepEqual(
    issues.map(({ code }) => code),
    ["unknown-attribute"],
  );
});

test("a prefix for FHIR is read like none", () => {
  const xml = '<f:Patient xmlns:f="http://hl7.org/fhir"><f:active value="true"/></f:Patient>';
  assert.deepEqual(
    readMessage(Buffer.from(xml)).issues.map(({ code }) => code),
    ["not-a-message"],
  );
});

test("what is left of a broken message says what an answer needs", () => {
  const { remains } = readMessage(Buffer.from(valid.slice(0, valid.indexOf("<Composition>"))));
  assert.equal(remains?.headerId, "00000000-0000-4000-8000-000000000002");
  assert.equal(remains.isResponse, false);
  assert.equal(remains.handling.senderReference, "encounter-0001");
});

test("a file of another kind is refused by the name of its kind", () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  for (const [bytes, type] of [
    [Buffer.from("%PDF-1.7\n"), "application/pdf"],
    [png, "image/png"],
  ] as const) {
    const { message, issues } = readMessage(bytes);
    assert.equal(message, undefined);
    assert.equal(issues[0]?.text, `The message is a file of type ${type}: neither XML nor JSON.`);
  }
});
