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
