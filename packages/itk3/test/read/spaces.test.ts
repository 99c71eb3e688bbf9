import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { check, consultationSummary, readMessage, writeJson, writeXml } from "@restante/itk3";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { writeJson as writeJsonResource } from "../../src/json/write-resource.ts";
import type { ReadResource } from "../../src/read/read-resource.ts";
import { typeDefinition } from "../../src/stu3/element-table.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { writeXml as writeXmlResource } from "../../src/xml/write-resource.ts";
import { consultation } from "../consultation.ts";

const values: Readonly<Record<string, string>> = {
  base64Binary: "AAAA",
  boolean: "true",
  code: "two words",
  date: "2020-01-31",
  dateTime: "2020-01-31T10:00:00Z",
  decimal: "1.50",
  id: "a-1",
  instant: "2020-01-31T10:00:00Z",
  integer: "-7",
  markdown: "*text*",
  oid: "urn:oid:1.2.3",
  positiveInt: "7",
  string: "text",
  time: "10:00:00",
  unsignedInt: "0",
  uri: "https://example.org/a",
};
const kept: ReadonlySet<string> = new Set(["string", "markdown", "base64Binary"]);

/** Extension.value[x], of every primitive that it may be. */
const choices = (typeDefinition("Extension")?.elements ?? []).filter(
  ({ choice, kind }) => choice === "value" && kind === "primitive",
);

const urlOf = (url: string): string => `<extension url="${url}">`;
const fromXml = (name: string, value: string, url = "urn:x"): ReadResource =>
  readXmlResource(
    `<Patient xmlns="http://hl7.org/fhir">\n${urlOf(url)}<${name} value="${value}"/></extension></Patient>`,
  );
const fromJson = (name: string, value: unknown, url = "urn:x"): ReadResource =>
  readJsonResource(JSON.stringify({ resourceType: "Patient", extension: [{ url, [name]: value }] }));

function valueIn({ resource }: ReadResource, name: string): unknown {
  assert.ok(resource?.resourceType === "Patient");
  return Object.entries(resource.extension?.[0] ?? {}).find(([one]) => one === name)?.[1];
}

const told = ({ issues }: ReadResource): string[] =>
  issues.map(({ severity, code, location, line, column }) => `${severity} ${code} ${location} ${line}:${column}`);

describe("white space around a value", () => {
  test("is tried for every primitive that a value may be", () => {
    assert.deepEqual(choices.map(({ type }) => type).toSorted(), Object.keys(values).toSorted());
  });

  for (const { name, type } of choices) {
    const value = values[type] ?? "";
    if (kept.has(type)) {
      test(`of a ${type} is a part of it, or allowed: it stays, and nothing is said`, () => {
        const xml = fromXml(name, `&#10; ${value}  `);
        const json = fromJson(name, `\n ${value}  `);
        for (const read of [xml, json]) {
          assert.equal(valueIn(read, name), `\n ${value}  `);
          assert.deepEqual(read.issues, []);
        }
      });
      continue;
    }
    test(`of a ${type} is not read, with a warning where it stands`, () => {
      const bare = fromXml(name, value);
      assert.deepEqual(bare.issues, []);
      for (const spaced of [` ${value}`, `${value} `, `&#9;&#13;${value}&#10;`, `\n\t${value}\r\n`]) {
        const xml = fromXml(name, spaced);
        assert.deepEqual(xml.resource, bare.resource);
        assert.deepEqual(told(xml), [`warning outer-space Patient.extension[0].${name} 2:24`]);
        assert.equal(xml.issues[0]?.text, `${name} has white space around its value: it was read without.`);
      }
      // In JSON only strings can have some.
      if (typeof valueIn(bare, name) !== "string" || type === "decimal") return;
      const json = fromJson(name, `\n\t${value} `);
      assert.deepEqual(json.resource, bare.resource);
      assert.deepEqual(told(json), [`warning outer-space Patient.extension[0].${name} 1:${58 + name.length}`]);
    });
  }

  test("of an Extension's url, which XML writes as an attribute, is not read", () => {
    for (const read of [fromXml("valueString", "x", " urn:x&#10;"), fromJson("valueString", "x", " urn:x\n")]) {
      assert.deepEqual(read.resource, fromXml("valueString", "x").resource);
      assert.deepEqual(
        read.issues.map(({ code, location }) => `${code} ${location}`),
        ["outer-space Patient.extension[0].url"],
      );
    }
  });

  test("of names, numbers and addresses, which are strings, stays", () => {
    const read = readXmlResource(
      `<Patient xmlns="http://hl7.org/fhir"><identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value=" 9000000009 "/></identifier><name><family value="Test "/><given value=" Ann"/></name><generalPractitioner><reference value=" urn:uuid:1"/></generalPractitioner></Patient>`,
    );
    assert.deepEqual(read.issues, []);
    assert.deepEqual(read.resource, {
      resourceType: "Patient",
      identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value: " 9000000009 " }],
      name: [{ family: "Test ", given: [" Ann"] }],
      generalPractitioner: [{ reference: " urn:uuid:1" }],
    });
  });

  test("of a value that is wrong without it too is told, and what is wrong", () => {
    for (const read of [fromXml("valueId", " a b "), fromJson("valueId", " a b ")]) {
      assert.equal(valueIn(read, "valueId"), "a b");
      assert.deepEqual(
        read.issues.map(({ severity, code }) => `${severity} ${code}`),
        ["warning outer-space", "error bad-value"],
      );
    }
    const gender = readXmlResource('<Patient xmlns="http://hl7.org/fhir"><gender value=" F"/></Patient>');
    assert.deepEqual(gender.resource, { resourceType: "Patient", gender: "F" });
    assert.deepEqual(
      gender.issues.map(({ code }) => code),
      ["outer-space", "bad-code"],
    );
  });

  test("and nothing else is a value that is wrong, and told as that alone", () => {
    for (const read of [fromXml("valueCode", " "), fromJson("valueCode", " ")]) {
      assert.deepEqual(
        read.issues.map(({ code }) => code),
        ["bad-value"],
      );
    }
  });

  test("is XML's alone: a space that does not break is a character that no code, id or URI has", () => {
    for (const name of ["valueCode", "valueId", "valueUri"]) {
      assert.deepEqual(
        fromXml(name, "a\u00a0").issues.map(({ code }) => code),
        ["bad-value"],
      );
    }
  });

  test("within a value is as before", () => {
    assert.deepEqual(fromXml("valueCode", "a b").issues, []);
    for (const [name, value] of [
      ["valueCode", "a  b"],
      ["valueUri", "urn:a b"],
      ["valueDate", "2020 -01"],
    ] as const) {
      assert.deepEqual(
        fromXml(name, value).issues.map(({ code }) => code),
        ["bad-value"],
      );
    }
  });

  test("of the id of a resource that STU3 does not know is no part of the id", () => {
    const xml = readXmlResource(
      '<Patient xmlns="http://hl7.org/fhir"><contained><Later><id value=" a"/></Later></contained></Patient>',
    );
    const json = readJsonResource('{"resourceType":"Patient","contained":[{"resourceType":"Later","id":" a"}]}');
    for (const [read, write, again] of [
      [xml, writeXmlResource, readXmlResource],
      [json, writeJsonResource, readJsonResource],
    ] as const) {
      const { resource } = read;
      assert.ok(resource?.resourceType === "Patient");
      assert.equal(resource.contained?.[0]?.id, "a");
      assert.ok(read.issues.some(({ code }) => code === "outer-space"));
      assert.deepEqual(again(write(resource)).resource, resource);
    }
  });

  test("by the megabyte is looked at in time, also within a value", { timeout: 5000 }, async () => {
    const spaces = " ".repeat(2_000_000);
    assert.equal(valueIn(fromXml("valueCode", `${spaces}a${spaces}`), "valueCode"), "a");
    assert.equal(fromXml("valueUri", `a${spaces}a`).issues[0]?.code, "bad-value");
    const narrative = `<text><div xmlns="http://www.w3.org/1999/xhtml"><p id="a${spaces}a">x</p></div></text>`;
    const told = readXmlResource(`<Patient xmlns="http://hl7.org/fhir">${narrative}</Patient>`).issues;
    assert.ok(told.some(({ text }) => text === "A narrative has an id that is no XML name."));
    assert.equal(readXmlResource(`<Patient xml:id="a${spaces}a"/>`).refused?.code, "not-well-formed");
    // The timeout of a test that never waits is never noticed.
    await setTimeout(0);
  });
});

test("more than 500 warnings are not all listed, and no error; an error among those that are not listed is told", () => {
  const severities = (count: number, more = ""): Record<string, number> => {
    const meta = `<meta>${'<profile value=" urn:x"/>'.repeat(count)}</meta>`;
    const { issues } = readXmlResource(`<Patient xmlns="http://hl7.org/fhir">${meta}${more}</Patient>`);
    const found = issues.filter(({ code }) => code === "too-many-issues");
    return Object.fromEntries([["listed", issues.length], ...found.map(({ severity }) => [severity, 1])]);
  };
  assert.deepEqual(severities(500), { listed: 500 });
  assert.deepEqual(severities(501), { listed: 501, warning: 1 });
  assert.deepEqual(severities(5000, '<gender value="F"/>'), { listed: 501, error: 1 });
});

const { xml, bundle } = consultationSummary(consultation());

for (const [what, spaced] of [
  [
    "MessageHeader.id",
    xml.replace(
      '<id value="00000000-0000-4000-8000-000000000002"/>',
      '<id value=" 00000000-0000-4000-8000-000000000002"/>',
    ),
  ],
  ["the event's code", xml.replace('<code value="ITK007C"/>', '<code value="ITK007C "/>')],
  ["a date", xml.replace(/<timestamp value="/, '<timestamp value="\n')],
] as const) {
  test(`a message with a space around ${what} is read as the same without, conforms, and says so at its place`, () => {
    assert.notEqual(spaced, xml);
    const read = readMessage(Buffer.from(spaced));
    assert.deepEqual(read.message?.bundle, readMessage(Buffer.from(xml)).message?.bundle);
    const { findings, conforms, acceptable } = check(read);
    assert.ok(conforms && acceptable);
    const line = spaced.split("\n").findIndex((one, at, all) => one !== xml.split("\n")[at] && all.length > 0) + 1;
    assert.deepEqual(
      findings.map(({ id, severity, line: at }) => [id, severity, at]),
      [["STU3:outer-space", "warning", line]],
    );
  });
}

test("the same message in JSON is read as the same", () => {
  const spaced = writeJson(bundle).replace('"ITK007C"', '" ITK007C"');
  const read = readMessage(Buffer.from(spaced));
  assert.deepEqual(read.message?.bundle, readMessage(Buffer.from(writeJson(bundle))).message?.bundle);
  assert.deepEqual(
    check(read).findings.map(({ id, severity }) => [id, severity]),
    [["STU3:outer-space", "warning"]],
  );
  assert.ok(read.message);
  assert.deepEqual(readMessage(Buffer.from(writeXml(read.message.bundle))).issues, []);
});

test("a message with a space around every date, code, id and URI conforms", () => {
  const names =
    "id|system|code|timestamp|endpoint|date|status|type|mode|use|fullUrl|profile|birthDate|gender|url|language|version";
  const spaced = xml.replace(new RegExp(`<(${names}) value="`, "g"), '<$1 value=" ');
  const { conforms, findings } = check(readMessage(Buffer.from(spaced)));
  assert.ok(
    conforms,
    findings
      .filter(({ severity }) => severity === "error")
      .map(({ text }) => text)
      .join("\n"),
  );
});
