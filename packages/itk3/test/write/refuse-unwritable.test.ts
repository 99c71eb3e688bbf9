import assert from "node:assert/strict";
import { test } from "node:test";
import { Itk3Error, type Resource, writeJson, writeXml } from "@restante/itk3";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";

const secret = "Zebedee";

/** Both writers refuse it, and do not say what it was. */
function assertRefused(resource: unknown): void {
  for (const write of [writeXml, writeJson]) {
    assert.throws(
      () => write(resource as Resource),
      (error) =>
        error instanceof Itk3Error && error.code === "input-invalid" && !error.message.includes(secret.slice(0, 4)),
    );
  }
}

const patient = (rest: object): unknown => ({ resourceType: "Patient", ...rest });
const observation = (rest: object): unknown => ({ resourceType: "Observation", valueQuantity: rest });
// oxlint-disable-next-line no-sparse-arrays -- that is what is tested
const sparse = ["a", , "b"];

const wrong: readonly (readonly [what: string, resource: unknown])[] = [
  ["nothing", null],
  ["a text", secret],
  ["a list", [patient({})]],
  ["a resource type that is none", { resourceType: Symbol(secret) }],
  ["a resource type that cannot be made text", { resourceType: Object.create(null) as unknown }],
  ["an unknown resource", { resourceType: secret }],
  ["an unknown resource within", patient({ contained: [{ resourceType: secret }] })],
  ["a text for a resource", patient({ contained: [secret] })],
  ["an unknown element", patient({ [secret]: 1 })],
  ["a resource type within a datatype", patient({ name: [{ resourceType: "Patient" }] })],
  ["a companion of what is no value", patient({ _name: [{}] })],
  ["a companion of an id", patient({ name: [{ _id: {} }] })],
  ["an object for a list", patient({ name: { family: secret } })],
  ["a text for a list", patient({ name: secret })],
  ["nothing for a list", patient({ name: null })],
  ["an object for a list of companions", patient({ name: [{ _given: { id: "a" } }] })],
  ["a text in a list of objects", patient({ name: [secret] })],
  ["a list in a list", patient({ name: [[]] })],
  ["a null in a list of objects", patient({ name: [null] })],
  ["nothing in a list of values", patient({ name: [{ given: ["a", undefined] }] })],
  ["a hole in a list", patient({ name: [{ given: sparse }] })],
  ["a list for a value", patient({ birthDate: [secret] })],
  ["an object for a value", patient({ birthDate: { value: secret } })],
  ["nothing for a value", patient({ active: null })],
  ["a function", patient({ birthDate: () => secret })],
  ["a symbol", patient({ birthDate: Symbol(secret) })],
  ["a date of the engine", patient({ birthDate: new Date(0) })],
  ["a map for an object", patient({ text: new Map([["status", secret]]) })],
  ["a number for a text", patient({ id: 1 })],
  ["a number for a url", patient({ extension: [{ url: 1, valueCode: "a" }] })],
  ["a number for the id of an element", patient({ name: [{ id: 1 }] })],
  ["a text for a boolean", patient({ active: "true" })],
  ["a text for a whole number", patient({ multipleBirthInteger: "1" })],
  ["a BigInt", patient({ multipleBirthInteger: 1n })],
  ["no number", patient({ multipleBirthInteger: Number.NaN })],
  ["half a whole number", patient({ multipleBirthInteger: 1.5 })],
  ["a whole number that is too large", patient({ multipleBirthInteger: 2 ** 31 })],
  ["a number for a decimal", observation({ value: 85 })],
  ["a decimal with an exponent", observation({ value: "1e5" })],
  ["a decimal that is none", observation({ value: secret })],
  ["a control character", patient({ id: `${secret}\u0000` })],
  ["half of a surrogate pair", patient({ id: `${secret}\ud800` })],
];

for (const [what, resource] of wrong) {
  test(`${what}: refused by both writers, never left out and never repeated`, () => {
    assertRefused(resource);
  });
}

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';

const narratives: readonly (readonly [what: string, div: unknown])[] = [
  ["without its end", "<div>"],
  ["without a namespace", `<div>${secret}</div>`],
  ["of plain text", secret],
  ["that ends the text it is in", `<div ${xmlns}>a</div></text><active value="false"/><text><div ${xmlns}>a</div>`],
  ["with a script", `<div ${xmlns}><script>${secret}</script></div>`],
  ["with a control character", `<div ${xmlns}>${secret}\u0001</div>`],
  ["with half of a surrogate pair", `<div ${xmlns}>${secret}\ud800</div>`],
  ["with a DOCTYPE", `<!DOCTYPE div><div ${xmlns}>a</div>`],
  ["with a CDATA section, which would be read as text", `<div ${xmlns}>a<![CDATA[${secret}]]></div>`],
  ["with a processing instruction, which would be passed over", `<div ${xmlns}>a<?x ${secret}?></div>`],
  ["of a number", 1],
  ["of an object", {}],
];

for (const [what, div] of narratives) {
  test(`a narrative ${what} is refused by both writers`, () => {
    assertRefused(patient({ text: { status: "generated", div } }));
  });
}

/** A Patient of as many elements within each other. */
function nested(depth: number): unknown {
  let extension: object = { url: "u", valueCode: "x" };
  for (let at = 3; at < depth; at += 1) extension = { url: "u", extension: [extension] };
  return patient({ extension: [extension] });
}

test("64 elements within each other are written, as they are read, and one more is refused", () => {
  const deepest = nested(64) as Resource;
  assert.deepEqual(readXmlResource(writeXml(deepest)).resource, deepest);
  assert.deepEqual(readJsonResource(writeJson(deepest)).resource, deepest);
  assertRefused(nested(65));
  assertRefused(nested(20_000));
  const narrative = (depth: number): unknown =>
    patient({ text: { div: `<div ${xmlns}>${"<b>".repeat(depth)}a${"</b>".repeat(depth)}</div>` } });
  assert.ok(writeXml(narrative(61) as Resource));
  assertRefused(narrative(62));
});

test("what holds itself is refused", () => {
  const extension: { url: string; extension: object[] } = { url: "u", extension: [] };
  extension.extension.push(extension);
  assertRefused(patient({ extension: [extension] }));
  const bundle: { resourceType: string; entry: object[] } = { resourceType: "Bundle", entry: [] };
  bundle.entry.push({ resource: bundle });
  assertRefused(bundle);
});

test("what is empty or not there, and values that break a rule, are written: they can have been read", () => {
  const lenient = patient({
    id: undefined,
    birthDate: "yesterday",
    gender: "",
    identifier: [],
    name: [{}, { given: [null, "Ann"], _given: [{ id: "a" }, null], family: undefined }],
  }) as Resource;
  const { resource } = readXmlResource(writeXml(lenient));
  assert.deepEqual(resource, {
    resourceType: "Patient",
    name: [{}, { given: [null, "Ann"], _given: [{ id: "a" }] }],
    gender: "",
    birthDate: "yesterday",
  });
  assert.deepEqual(readJsonResource(writeJson(lenient)).resource, resource);
});
