import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  type Bundle,
  consultationSummary,
  infrastructureResponse,
  type Itk3Message,
  modifiersOf,
  readMessage,
  readResponse,
  writeJson,
} from "@restante/itk3";
import { consultation, countingIds } from "../consultation.ts";

const unknown = [{ url: "urn:x", valueBoolean: true }];

function read(xml = consultationSummary(consultation()).xml): Itk3Message {
  const { message } = readMessage(Buffer.from(xml));
  assert.ok(message);
  return message;
}

test("a message without modifiers has none, and nothing in it is touched", () => {
  const message = read();
  const { found, touch } = modifiersOf(message.bundle);
  assert.deepEqual(found, []);
  assert.ok(!touch(message.bundle) && !touch(message.patient ?? {}));
});

test("a modifier is found wherever it stands: of a resource, of a part of one, of what it contains, and as implicitRules", () => {
  const allergy = {
    resourceType: "AllergyIntolerance",
    id: "a",
    implicitRules: "urn:x",
    contained: [{ resourceType: "Practitioner", id: "p", modifierExtension: unknown }],
    reaction: [{ description: "x" }, { description: "y", modifierExtension: unknown }],
  } as const;
  const bundle = { resourceType: "Bundle", type: "document", entry: [{ resource: allergy }] } as unknown as Bundle;
  const { found, touch } = modifiersOf(bundle);
  assert.deepEqual(
    found.map(({ kind, resource, path }) => `${kind} ${resource.resourceType} ${path.join(".")}`),
    [
      "implicitRules AllergyIntolerance ",
      "modifierExtension Practitioner ",
      "modifierExtension AllergyIntolerance reaction",
    ],
  );
  assert.ok(touch(allergy) && touch(allergy.reaction[0]) && touch(allergy.contained[0]));
  assert.ok(!touch(bundle));
});

test("a modifier touches what is within its element, and nothing beside it", () => {
  const message = read();
  const { composition, document, patient } = message;
  assert.ok(composition?.section?.[0] && document && patient);
  Object.assign(composition.section[0], { modifierExtension: unknown });
  const { touch } = modifiersOf(message.bundle);
  assert.ok(touch(composition.section[0]) && message.attachments[0]?.sources.some(touch));
  assert.ok(!touch(composition) && !touch(patient) && !message.attachments[1]?.sources.some(touch));
  Object.assign(document, { implicitRules: "urn:x" });
  const whole = modifiersOf(message.bundle);
  assert.ok(whole.touch(patient) && !whole.touch(message.header));
});

for (const [what, from] of [
  ["its outcome", /(<OperationOutcome>[^]*?<\/meta>)/],
  ["its header", /(<MessageHeader>[^]*?<\/meta>)/],
] as const) {
  test(`a response says that ${what} may mean something else, and one without modifiers does not`, () => {
    const { xml } = infrastructureResponse({
      now: new Date("2026-01-05T11:00:00Z"),
      ids: countingIds(),
      request: { headerId: "0b1c2d3e-0000-4000-8000-000000000001" },
      code: "20013",
      diagnostics: "Found in a test.",
      responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    });
    assert.equal(readResponse(read(xml))?.modified, undefined);
    const changed = xml.replace(from, '$1<implicitRules value="urn:x"/>');
    assert.notEqual(changed, xml);
    assert.equal(readResponse(read(changed))?.modified, true);
  });
}

const misplaced = '<modifierExtension url="urn:x"><valueBoolean value="true"/></modifierExtension>';

for (const [where, place, path] of [
  ["a name", /(<Patient>[^]*?<name>)/, ["Patient", "name"]],
  ["an identifier", /(<Patient>[^]*?<identifier>)/, ["Patient", "identifier"]],
  ["a reference", /(<Composition>[^]*?<subject>)/, ["Composition", "subject"]],
  ["an attachment", /(<Binary>\s*<id [^>]*>)/, ["Binary"]],
  ["a Bundle", /(<Bundle[^>]*>\s*<id [^>]*>)/, ["Bundle"]],
] as const) {
  test(`a modifier where STU3 has none, in ${where}, is left out in reading and found by what was noticed`, () => {
    const { xml } = consultationSummary(consultation());
    const changed = xml.replace(place, `$1${misplaced}`);
    assert.notEqual(changed, xml);
    const message = read(changed);
    const { found, touch } = modifiersOf(message.bundle, message.issues);
    assert.deepEqual(
      found.map(({ kind, resource, path: way }) => [kind, [resource.resourceType, ...way]]),
      [["modifierExtension", path]],
    );
    assert.ok(found.every(({ element }) => touch(element)));
    assert.deepEqual(modifiersOf(message.bundle).found, []);
  });
}

test("what is no modifier by its JSON type is found where it stood, and what is kept is found once", () => {
  const { bundle } = read();
  const patientOf = (all: Bundle): Record<string, unknown> => {
    const document = all.entry?.find(({ resource }) => resource?.resourceType === "Bundle")?.resource as Bundle;
    const held = document.entry?.find(({ resource }) => resource?.resourceType === "Patient")?.resource;
    return held as unknown as Record<string, unknown>;
  };
  for (const put of [
    { modifierExtension: "x" },
    { _modifierExtension: unknown },
    { implicitRules: ["urn:x"] },
    { implicitRules: "no uri" },
    { modifierExtension: unknown[0] },
  ]) {
    const changed = JSON.parse(writeJson(bundle)) as Bundle;
    Object.assign(patientOf(changed), put);
    const message = read(JSON.stringify(changed));
    const { found, touch } = modifiersOf(message.bundle, message.issues);
    assert.deepEqual(
      found.map(({ resource, path }) => [resource.resourceType, path]),
      [["Patient", []]],
      JSON.stringify(put),
    );
    assert.ok(message.patient && touch(message.patient));
  }
});

test("a response whose code has a modifier where STU3 has none is read as modified", () => {
  const request = { headerId: "5b1f0d52-9d6b-4f1e-8c47-0a1b2c3d4e5f" };
  const responder = { odsCode: "Y99002", mailboxId: "Y99002OT001" };
  const { xml } = infrastructureResponse({ now: new Date(0), request, code: "20013", diagnostics: "x", responder });
  for (const place of ["<details>", "<coding>"]) {
    const changed = xml.replace(new RegExp(`(<issue>[^]*?${place})`), `$1${misplaced}`);
    assert.notEqual(changed, xml);
    assert.equal(readResponse(read(changed))?.modified, true, place);
  }
});
