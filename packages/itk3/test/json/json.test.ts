import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as fc from "fast-check";
import {
  check,
  consultationSummary,
  type IssueCode,
  Itk3Error,
  readMessage,
  type Resource,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { readJsonResource } from "../../src/json/read-resource.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { assertClean } from "../clean.ts";
import { consultation } from "../consultation.ts";
import { publishedExamples, withoutReference } from "../reference.ts";
import { everyResource, resourceOf } from "../stu3/arbitrary.ts";

const valid = writeJson(consultationSummary(consultation()).bundle);

test("any resource comes back the same through JSON, and is JSON to others too", () => {
  fc.assert(
    fc.property(fc.oneof(...everyResource.map(resourceOf)), (resource) => {
      const json = writeJson(resource);
      assert.ok(JSON.parse(json));
      const { resource: again, issues, refused } = readJsonResource(json);
      assert.equal(refused, undefined);
      assert.deepEqual(issues, []);
      assert.deepEqual(again, resource);
    }),
    { numRuns: 200 },
  );
});

test("every published message says the same in XML and in JSON", { skip: withoutReference }, () => {
  for (const { name, bytes } of publishedExamples()) {
    const { message } = readMessage(bytes);
    assert.ok(message, name);
    const again = readMessage(Buffer.from(writeJson(message.bundle)));
    assert.deepEqual(again.issues, [], name);
    assert.deepEqual(again.message?.bundle, message.bundle, name);
    assert.equal(writeXml(again.message.bundle), writeXml(message.bundle), name);
  }
});

test("a message in JSON is checked like one in XML, with its lines and columns", () => {
  const read = readMessage(Buffer.from(valid));
  assertClean(check(read));
  const wrong = check(readMessage(Buffer.from(valid.replace('"status": "final"', '"status": "preliminary"'))));
  assert.deepEqual(
    wrong.findings.map(({ id, location }) => [id, location]),
    [["GPCM-SD-CS-018", "Bundle.entry[2].resource.entry[0].resource.status"]],
  );
  assert.ok((wrong.findings[0]?.line ?? 0) > 100);
});

test("a place in JSON is told in lines, whatever ends them, and in characters", () => {
  const json = '{"resourceType":"Patient",\r\n"name":[{"text":"🚑"}],"gender":"x",\r"birthDate":"y"}';
  const { issues } = readJsonResource(json);
  assert.deepEqual(
    issues.map(({ location, line, column }) => `${location} ${line}:${column}`),
    ["Patient.gender 2:32", "Patient.birthDate 3:13"],
  );
});

test("decimals, empty places and extensions beside values come back as they were written", () => {
  const json = `{
  "resourceType": "Observation",
  "status": "final",
  "_status": {
    "id": "s"
  },
  "code": {
    "text": "Łódź \\"quoted\\""
  },
  "valueQuantity": {
    "value": 85.0
  }
}
`;
  const { resource, issues } = readJsonResource(json);
  assert.deepEqual(issues, []);
  assert.ok(resource);
  assert.equal(writeJson(resource), json);
  const names = '{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"x"}]}]}';
  const patient = readJsonResource(names).resource;
  assert.ok(patient);
  assert.deepEqual(JSON.parse(writeJson(patient)), JSON.parse(names));
  assert.deepEqual(readXmlResource(writeXml(patient)).resource, patient);
});

const manyMembers = Array.from({ length: 60 }, (_, index) => `"n${index}":${index}`).join(",");
const hostile: readonly (readonly [what: string, code: IssueCode, json: string])[] = [
  ["the end missing", "not-well-formed", valid.slice(0, -20)],
  ["something after the end", "not-well-formed", `${valid}{}`],
  ["a name twice", "not-well-formed", '{"resourceType":"Bundle","type":"message","type":"document"}'],
  ["a name twice among many", "not-well-formed", `{"resourceType":"Bundle",${manyMembers},"n40":1}`],
  ["a name twice among many, as they begin to be many", "not-well-formed", `{"n15":1,"n15":2,${manyMembers}}`],
  ["a comment", "not-well-formed", '{"resourceType":"Bundle" /* x */}'],
  ["a trailing comma", "not-well-formed", '{"resourceType":"Bundle",}'],
  ["a raw control character", "not-well-formed", '{"resourceType":"Bun\u0001dle"}'],
  ["a bad escape", "not-well-formed", '{"resourceType":"\\x41"}'],
  ["nesting without end", "too-deep", `{"resourceType":${"[".repeat(200_000)}`],
  ["another root", "wrong-root", '{"resourceType":"MolecularSequence"}'],
  ["no resource type", "wrong-root", "{}"],
  ["a script in the narrative", "active-content", valid.replace("<p>", "<script>x</script><p>")],
  ["a resource that is no message", "not-a-message", '{"resourceType":"Patient","active":true}'],
];

for (const [what, code, json] of hostile) {
  test(`JSON with ${what} is refused as ${code}`, { timeout: 5000 }, async () => {
    const { message, issues } = readMessage(Buffer.from(json));
    assert.equal(message, undefined);
    assert.equal(issues.at(-1)?.code, code);
    // The timeout of a test that never waits is never noticed.
    await setTimeout(0);
  });
}

const faults: readonly (readonly [json: string, issue: string])[] = [
  ['"active":"true"', "bad-value Patient.active"],
  ['"birthDate":1980', "bad-value Patient.birthDate"],
  ['"gender":"F"', "bad-code Patient.gender"],
  ['"name":{"family":"x"}', "bad-value Patient.name"],
  ['"name":["x"]', "bad-value Patient.name[0]"],
  ['"name":[]', "empty-element Patient.name"],
  ['"name":[{"id":"a"}]', "empty-element Patient.name[0]"],
  ['"_birthDate":{"id":"a"}', "empty-element Patient.birthDate"],
  ['"nhsNumber":"x"', "unknown-element Patient"],
  ['"_name":[{}]', "unknown-element Patient"],
  ['"deceasedBoolean":true,"deceasedDateTime":"2020"', "too-many Patient.deceasedDateTime"],
  ['"link":[{"type":"refer"}]', "missing-element Patient.link[0].other"],
  ['"contained":[{"resourceType":"MolecularSequence"}]', "unknown-resource Patient.contained[0]"],
  ['"text":{"status":"generated","div":"<div>x</div>"}', "narrative Patient.text.div"],
  ['"text":{"status":"generated","div":"<div"}', "narrative Patient.text.div"],
  ['"multipleBirthInteger":1e2', "bad-value Patient.multipleBirthInteger"],
];

test("of a narrative of JSON that is left out there is one issue: it is not said to be missing too", () => {
  const json = '{"resourceType":"Patient","text":{"status":"generated","div":"<div>x</div>"}}';
  assert.deepEqual(
    readJsonResource(json).issues.map(({ code, location }) => `${code} ${location}`),
    ["narrative Patient.text.div"],
  );
});

for (const [json, expected] of faults) {
  test(`JSON with ${json} is read with an issue at its place`, () => {
    const { issues, refused } = readJsonResource(`{"resourceType":"Patient","id":"a",${json}}`);
    assert.equal(refused, undefined);
    assert.ok(
      issues.some(({ code, location }) => `${code} ${location}` === expected),
      JSON.stringify(issues),
    );
  });
}

test(
  "damaged JSON is never read where JSON.parse would not, and can be written as XML where it is",
  { timeout: 60_000 },
  () => {
    const small = valid.replace(/"content": "[^"]*"/g, '"content": "AAAA"');
    const scraps = fc.constantFrom('"', "{", "}", "[", "]", ",", ":", "\\", "1e5", "null", "\u0000", " ", "é");
    const edit = fc.record({ at: fc.nat({ max: small.length }), cut: fc.nat({ max: 30 }), put: scraps });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = small;
        for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
        const { resource, refused } = readJsonResource(text);
        if (refused !== undefined) return;
        assert.ok(JSON.parse(text));
        assert.ok(resource);
        // A type that STU3 does not know is not made XML of.
        if (JSON.stringify(resource).includes('"resourceType":"unknown"'))
          assert.throws(() => writeXml(resource), Itk3Error);
        else assert.equal(readXmlResource(writeXml(resource)).refused, undefined);
        assert.equal(readJsonResource(writeJson(resource)).refused, undefined);
      }),
      { numRuns: 1000 },
    );
  },
);

test("what JSON or STU3 cannot hold is refused, never written", () => {
  const wrong: unknown[] = [
    { resourceType: "Patient", nhsNumber: "9000000009" },
    { resourceType: "MolecularSequence" },
    { resourceType: "Observation", valueQuantity: { value: "1e5" } },
  ];
  for (const resource of wrong) {
    assert.throws(
      () => writeJson(resource as Resource),
      (error) => error instanceof Itk3Error && error.code === "input-invalid",
    );
  }
});

test("an empty place in a list of values is told, unless an extension fills it", () => {
  const codesOf = (given: string): IssueCode[] =>
    readJsonResource(`{"resourceType":"Patient","name":[{${given}}]}`).issues.map(({ code }) => code);
  assert.deepEqual(codesOf('"given":[null,"Ann"]'), ["empty-element"]);
  assert.deepEqual(codesOf('"given":["Ann",null],"_given":[{"id":"a"},null]'), ["empty-element"]);
  const said = '{"extension":[{"url":"urn:x","valueCode":"a"}]}';
  assert.deepEqual(codesOf(`"given":[null,"Ann"],"_given":[${said}]`), []);
  assert.deepEqual(codesOf(`"_given":[${said}]`), []);
  assert.deepEqual(codesOf('"given":[null,"Ann"],"_given":[{"id":"a"}]'), ["empty-element"]);
  assert.deepEqual(codesOf('"_given":[{"id":"a"}]'), ["empty-element"]);
  assert.deepEqual(codesOf('"given":["Ann","Bé"],"_given":[null,{"id":"a"}]'), []);
  assert.deepEqual(codesOf('"given":["Ann"],"_given":[{"id":"a"},null]'), ["empty-element"]);
  assert.deepEqual(codesOf('"_given":[{"id":"a"},null,{"id":"b"}]'), Array(3).fill("empty-element"));
  assert.deepEqual(codesOf('"given":["Ann"],"_given":[null]'), ["empty-element"]);
  assert.deepEqual(codesOf('"family":"A","_family":null'), ["empty-element"]);
});

test("a number of any length is one bad value, not the end of the message", { timeout: 5000 }, async () => {
  const digits = "1".repeat(2_000_000);
  for (const number of [digits, `0.${digits}`, `1e${digits}`, `-${digits}.${digits}E-${digits}`]) {
    const { resource, issues, refused } = readJsonResource(
      `{"resourceType":"Patient","active":true,"multipleBirthInteger":${number}}`,
    );
    assert.equal(refused, undefined);
    assert.deepEqual(
      issues.map(({ code, location }) => `${code} ${location}`),
      ["bad-value Patient.multipleBirthInteger"],
    );
    assert.deepEqual(resource, { resourceType: "Patient", active: true });
  }
  for (const number of ["-", "01", "1.", ".5", "1e", "1e+", "+1", "NaN"]) {
    assert.equal(
      readJsonResource(`{"resourceType":"Patient","multipleBirthInteger":${number}}`).refused?.code,
      "not-well-formed",
    );
  }
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
});

/** A Patient of as many elements within each other, the Patient and the value among them. */
function nested(depth: number): string {
  const extensions = depth - 2;
  return `{"resourceType":"Patient","active":true,${'"extension":[{"url":"u",'.repeat(extensions)}"valueCode":"x"${"}]".repeat(extensions)}}`;
}

test("JSON carries 64 elements within each other, as XML does, and is refused with one more", () => {
  const { resource, issues, refused } = readJsonResource(nested(64));
  assert.equal(refused, undefined);
  assert.deepEqual(issues, []);
  assert.ok(resource);
  assert.deepEqual(readXmlResource(writeXml(resource)), { resource, issues: [], refused: undefined });
  assert.equal(readJsonResource(nested(65)).refused?.code, "too-deep");
  assert.equal(readJsonResource(nested(66)).refused?.code, "too-deep");
});

test("resources within resources, companions and the elements of a narrative count towards the 64", () => {
  const around = (depth: number, inner: string): string =>
    `${'{"resourceType":"Patient","contained":['.repeat(depth)}${inner}${"]}".repeat(depth)}`;
  const narrative = (depth: number): string =>
    `{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">${"<b>".repeat(depth)}a${"</b>".repeat(depth)}</div>"}}`;
  const companion = '{"resourceType":"Patient","_active":{"extension":[{"url":"u","valueCode":"x"}]}}';
  for (const [fits, tooDeep] of [
    // Each resource is one element in another.
    [around(30, narrative(1)), around(30, narrative(2))],
    [around(30, companion), around(31, companion)],
  ] as const) {
    const { resource, refused } = readJsonResource(fits);
    assert.equal(refused, undefined);
    assert.ok(resource);
    assert.deepEqual(readXmlResource(writeXml(resource)).resource, resource);
    assert.equal(readJsonResource(tooDeep).refused?.code, "too-deep");
  }
});

test("what is left of a refused message in JSON says what an answer needs, as in XML", () => {
  const { xml } = consultationSummary(consultation());
  for (const [from, to] of [
    ["<p>", "<script>x</script><p>"],
    ["<p>", `${"<b>".repeat(64)}x${"</b>".repeat(64)}<p>`],
  ] as const) {
    const fromJson = readMessage(Buffer.from(valid.replace(from, to)));
    const fromXml = readMessage(Buffer.from(xml.replace(from, to)));
    assert.equal(fromJson.message, undefined);
    assert.ok(fromJson.remains?.headerId);
    assert.deepEqual(fromJson.remains, fromXml.remains);
    assert.equal(fromJson.issues.at(-1)?.code, fromXml.issues.at(-1)?.code);
  }
});

test("a character that XML cannot hold is left out and told, so that what was read can be written", () => {
  for (const character of ["\\u0000", "\\u001f", "\\ud800", "\\ufffe"]) {
    const { resource, issues } = readJsonResource(`{"resourceType":"Patient","name":[{"family":"A${character}"}]}`);
    assert.equal(issues[0]?.code, "bad-value");
    assert.ok(resource);
    assert.ok(writeXml(resource));
    const narrative = `{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">A${character}</div>"}`;
    const told = readJsonResource(`{"resourceType":"Patient","text":${narrative}}`);
    assert.equal(told.issues[0]?.code, "narrative");
  }
});

test("a decimal that is none is left out and told, in XML and in JSON, so that what was read can be written", () => {
  for (const number of ["1e400", "1E2", "-1e-2", `1${"0".repeat(300)}`]) {
    const fromJson = readJsonResource(`{"resourceType":"Observation","valueQuantity":{"unit":"kg","value":${number}}}`);
    const fromXml = readXmlResource(
      `<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="${number}"/><unit value="kg"/></valueQuantity></Observation>`,
    );
    for (const { resource, issues } of [fromJson, fromXml]) {
      assert.ok(issues.some(({ code, location }) => code === "bad-value" && location.endsWith("valueQuantity.value")));
      assert.deepEqual(resource, { resourceType: "Observation", valueQuantity: { unit: "kg" } });
      assert.ok(writeJson(resource));
    }
  }
});
