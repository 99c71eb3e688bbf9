import assert from "node:assert/strict";
import { test } from "node:test";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { writeXml } from "../../src/xml/write-resource.ts";

function read(inside: string, type = "Patient") {
  return readXmlResource(`<${type} xmlns="http://hl7.org/fhir">\n${inside}\n</${type}>`);
}

const faults: readonly (readonly [what: string, xml: string, issue: string])[] = [
  ["a date that is none", '<birthDate value="1980-02-30"/>', "error bad-value Patient.birthDate 2:1"],
  ["a boolean that is none", '<active value="yes"/>', "error bad-value Patient.active 2:1"],
  ["a code outside its list", '<gender value="F"/>', "error bad-code Patient.gender 2:1"],
  ["an empty value", '<name>\n  <family value=""/></name>', "error bad-value Patient.name[0].family 3:3"],
  ["an element without anything", "<birthDate/>", "error empty-element Patient.birthDate 2:1"],
  ["a value with no more than an id", '<birthDate id="a"/>', "error empty-element Patient.birthDate 2:1"],
  ["an element with no more than an id", '<name id="a"/>', "error empty-element Patient.name[0] 2:1"],
  ["an unknown element", "<nhsNumber value='1'/>", "error unknown-element Patient 2:1"],
  ["an unknown attribute", '<active valu="true"/>', "error unknown-attribute Patient.active 2:1"],
  ["text between elements", "<name>Smith</name>", "error unexpected-text Patient.name[0] 2:1"],
  ["a space that does not break", "<name>\u00a0</name>", "error unexpected-text Patient.name[0] 2:1"],
  ["a byte order mark", "<name>\ufeff</name>", "error unexpected-text Patient.name[0] 2:1"],
  ["a line separator", "<name>\u2028</name>", "error unexpected-text Patient.name[0] 2:1"],
  ["one too many", '<active value="true"/><active value="false"/>', "error too-many Patient.active 2:23"],
  [
    "two of one choice",
    '<deceasedBoolean value="true"/><deceasedDateTime value="2020"/>',
    "error too-many Patient.deceasedDateTime 2:32",
  ],
  ["a missing element", "<link><type value='refer'/></link>", "error missing-element Patient.link[0].other 2:1"],
  ["the wrong order", '<birthDate value="1980"/><active value="true"/>', "warning wrong-order Patient.active 2:26"],
  ["another namespace", '<active xmlns="urn:x" value="true"/>', "error namespace Patient.active 2:1"],
  [
    "an unknown resource",
    "<contained><MolecularSequence/></contained>",
    "warning unknown-resource Patient.contained[0] 2:12",
  ],
  [
    "two resources in one place",
    "<contained><Patient><active value='true'/></Patient><Patient/></contained>",
    "error too-many Patient.contained[0] 2:53",
  ],
  [
    "an extension without a url",
    '<extension><valueCode value="x"/></extension>',
    "error missing-element Patient.extension[0].url 2:1",
  ],
  [
    "an instant without a zone",
    '<meta><lastUpdated value="2020-01-01T00:00:00"/></meta>',
    "error bad-value Patient.meta.lastUpdated 2:7",
  ],
  [
    "an element in a narrative that FHIR does not allow",
    '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><font>x</font></div></text>',
    "error narrative Patient.text.div 2:76",
  ],
];

test("a narrative that leaves its namespace to another element is left out: it could not be written again", () => {
  const { resource, issues } = readXmlResource(
    `<f:Patient xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml">
      <f:text><f:status value="generated"/><div><p>x</p></div></f:text>
    </f:Patient>`,
  );
  assert.deepEqual(resource, { resourceType: "Patient", text: { status: "generated" } });
  assert.ok(issues.some(({ code, location }) => code === "narrative" && location === "Patient.text.div"));
});

test("of a narrative that is left out there is one issue: it is not said to be missing too", () => {
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><font>x</font></div>';
  for (const text of [`<text><status value="generated"/>${div}</text>`, `<text id="a">${div}</text>`]) {
    const codes = read(text).issues.map(({ code, location }) => `${code} ${location}`);
    const missing = text.includes("status") ? [] : ["missing-element Patient.text.status"];
    assert.deepEqual(codes, ["narrative Patient.text.div", ...missing]);
  }
});

for (const [what, xml, expected] of faults) {
  test(`${what} is reported at its place`, () => {
    const { issues, refused } = read(xml);
    assert.equal(refused, undefined);
    const found = issues.map(
      ({ severity, code, location, line, column }) => `${severity} ${code} ${location} ${line}:${column}`,
    );
    assert.ok(found.includes(expected), found.join("\n"));
  });
}

test("an element is found at its place wherever the line ends behind its name", () => {
  for (const [end, lines] of [
    [" ", 0],
    ["\n", 1],
    ["\r\n", 1],
    ["\r", 1],
    ["\n\n", 2],
    [" \n", 1],
  ] as const) {
    const { issues } = read(`<active value="🚑"/> <birthDate${end}value="x"/>\n  <gender${end}value="x"/>`);
    assert.deepEqual(
      [...new Set(issues.map(({ location, line, column }) => `${location} ${line}:${column}`))],
      ["Patient.active 2:1", "Patient.birthDate 2:21", `Patient.gender ${3 + lines}:3`],
    );
  }
});

test("what one too many would change is not changed: the first is kept", () => {
  const { resource } = read('<active value="true"/><active value="false"/>');
  assert.deepEqual(resource, { resourceType: "Patient", active: true });
});

test("nothing of a message is repeated in an issue", () => {
  const secret = "Zebedee";
  const { issues } = read(
    `<${secret} value="${secret}"/><gender value="${secret}"/><birthDate value="${secret}"/><name ${secret}="${secret}">${secret}</name>`,
  );
  assert.ok(issues.length >= 5);
  assert.doesNotMatch(JSON.stringify(issues), /zebedee/i);
});

test("issues beyond 500 are counted, not kept", () => {
  const { issues } = read('<nothing value="x"/>'.repeat(2000));
  assert.equal(issues.length, 501);
  assert.equal(issues.at(-1)?.code, "too-many-issues");
});

test("ids, extensions, decimals, spaces and xhtml come back as they were written", () => {
  const xml = `<Observation xmlns="http://hl7.org/fhir">
  <id value="a"/>
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml"><p class='x'>A &amp; B &#xA0; <br  /><!-- kept --></p></div>
  </text>
  <contained>
    <Device>
      <id value="d"/>
      <manufacturer value="&quot;A&quot; &lt;B&gt;&#9;&#10;&#13; C"/>
    </Device>
  </contained>
  <extension url="urn:unknown" id="e">
    <valueDecimal value="85.0"/>
  </extension>
  <status id="s" value="final">
    <extension url="urn:why">
      <valueString value="because"/>
    </extension>
  </status>
  <code>
    <text value="Łódź ☃ 🚑"/>
  </code>
  <valueQuantity>
    <value value="0.00"/>
    <unit value=" spaced  unit "/>
  </valueQuantity>
</Observation>
`;
  const { resource, issues } = readXmlResource(xml);
  assert.deepEqual(issues, []);
  assert.ok(resource);
  assert.equal(writeXml(resource), xml.replace(' url="urn:unknown" id="e"', ' id="e" url="urn:unknown"'));
});

test("a repeating primitive keeps its extensions beside the right value", () => {
  const { resource } = read(
    '<name><given value="A"/><given><extension url="urn:x"><valueCode value="m"/></extension></given><given value="B"/></name>',
  );
  assert.ok(resource?.resourceType === "Patient");
  assert.deepEqual(resource.name?.[0], {
    given: ["A", null, "B"],
    _given: [null, { extension: [{ url: "urn:x", valueCode: "m" }] }],
  });
  assert.deepEqual(readXmlResource(writeXml(resource)).resource, resource);
});
