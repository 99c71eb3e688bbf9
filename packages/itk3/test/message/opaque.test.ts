import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Bundle,
  check,
  Itk3Error,
  type Issue,
  type Itk3Message,
  readMessage,
  type Resource,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { plainSubjects } from "../check/subjects.ts";

const id = "00000000-0000-4000-8000-00000000dddd";
const xml = `<MolecularSequence><!-- of R4 -->
  <id value="${id}"/><coordinateSystem value="0"/>
  <text><div xmlns="http://www.w3.org/1999/xhtml">a<br/></div></text></MolecularSequence>`;
const json = `{"resourceType":"MolecularSequence","id":"${id}","coordinateSystem":0,"quantity":{"value":85.0}}`;

const [subject] = plainSubjects();
assert.ok(subject);

/** The consultation with an entry that a section leads to, and in its place afterwards what is written here. */
function messageWith(written: string, format: "xml" | "json" = "xml"): string {
  const bundle: Bundle = structuredClone(subject?.bundle ?? { resourceType: "Bundle" });
  const documents = (bundle.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === "Bundle" ? resource : [],
  );
  for (const document of documents) {
    const resource: Resource = { resourceType: "Basic", id };
    document.entry?.push({ fullUrl: `urn:uuid:${id}`, resource });
    const composition = document.entry?.[0]?.resource;
    if (composition?.resourceType !== "Composition") continue;
    const [section] = composition.section ?? [];
    (section ?? {}).entry = [...(section?.entry ?? []), { reference: `urn:uuid:${id}` }];
    composition.event = [{ detail: [{ reference: `MolecularSequence/${id}` }] }];
  }
  const basic = format === "xml" ? /<Basic>[^]*<\/Basic>/ : /\{\s*"resourceType": "Basic"[^}]*\}/;
  return (format === "xml" ? writeXml : writeJson)(bundle).replace(basic, () => written);
}

function read(text: string): { message: Itk3Message; issues: readonly Issue[]; opaque: Resource | undefined } {
  const { message, issues } = readMessage(Buffer.from(text));
  assert.ok(message);
  const opaque = message.document?.entry?.flatMap(({ resource }) => resource ?? []).at(-1);
  return { message, issues, opaque };
}

for (const [format, written, write, other] of [
  ["xml", xml, writeXml, writeJson],
  ["json", json, writeJson, writeXml],
] as const) {
  test(`a resource that STU3 does not know is kept as ${format} has it, with one warning and no consequence`, () => {
    const { message, issues, opaque } = read(messageWith(written, format));
    assert.deepEqual(
      issues.map(({ code, severity }) => `${severity} ${code}`),
      ["warning unknown-resource"],
    );
    assert.deepEqual(opaque, { resourceType: "unknown", typeName: "MolecularSequence", id, format, source: written });
    const { findings, conforms } = check(message, subject.options);
    // Where it stands in a consultation is another matter.
    const wrong = findings.filter(({ severity }) => severity === "error").map(({ id: rule }) => rule);
    assert.deepEqual(wrong, []);
    assert.ok(conforms);
    assert.equal(findings.filter(({ id: rule }) => rule === "STU3:unknown-resource").length, 1);
  });

  test(`a resource that STU3 does not know is written as the ${format} that it was, and as nothing else`, () => {
    const { message, opaque } = read(messageWith(written, format));
    assert.deepEqual(read(write(message.bundle)).opaque, opaque);
    assert.throws(
      () => other(message.bundle),
      (error) => error instanceof Itk3Error && error.code === "input-invalid" && !error.message.includes(id),
    );
  });
}

test("a resource that STU3 does not know keeps the namespace that its prefix stands for", () => {
  const prefixed = messageWith("<f:MolecularSequence><f:id value='a'/></f:MolecularSequence>").replace(
    "<Bundle ",
    '<Bundle xmlns:f="http://hl7.org/fhir" ',
  );
  const { message, opaque } = read(prefixed);
  assert.equal(opaque?.id, "a");
  assert.deepEqual(read(writeXml(message.bundle)).opaque, opaque);
});

test("what is no resource of FHIR, or keeps a namespace that is declared further out, is left out", () => {
  for (const written of [
    '<MolecularSequence xmlns="urn:x"/>',
    "<Molecular.Sequence/>",
    "<MolecularSequence><g:a/></MolecularSequence>",
  ]) {
    const { issues, opaque } = read(messageWith(written).replace("<Bundle ", '<Bundle xmlns:g="urn:g" '));
    assert.notEqual(opaque?.resourceType, "unknown");
    assert.ok(issues.some(({ code, severity }) => code === "unknown-resource" && severity === "error"));
  }
});

test("what is only said to be a resource is never written", () => {
  const { message } = read(messageWith(xml));
  const entries = message.document?.entry ?? [];
  for (const source of ["<Other/>", "<MolecularSequence>", "</resource><resource>", "x<MolecularSequence/>", ""]) {
    const resource: Resource = { resourceType: "unknown", typeName: "MolecularSequence", format: "xml", source };
    entries.splice(-1, 1, { resource });
    assert.throws(() => writeXml(message.bundle), Itk3Error, source);
  }
  for (const source of ["{}", "[]", '{"resourceType":"Other"}', '{"resourceType":"MolecularSequence"},{']) {
    const resource: Resource = { resourceType: "unknown", typeName: "MolecularSequence", format: "json", source };
    entries.splice(-1, 1, { resource });
    assert.throws(() => writeJson(message.bundle), Itk3Error, source);
  }
});

test("within a resource that STU3 does not know, the limits hold", () => {
  const deep = `${"<a>".repeat(64)}${"</a>".repeat(64)}`;
  const { message, issues } = readMessage(Buffer.from(messageWith(`<MolecularSequence>${deep}</MolecularSequence>`)));
  assert.equal(message, undefined);
  assert.equal(issues.at(-1)?.code, "too-deep");
});
