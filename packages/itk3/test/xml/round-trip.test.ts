import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  businessResponse,
  consultationSummary,
  genericDocument,
  infrastructureResponse,
  onlineConsultation,
  readMessage,
  responseCodes,
  writeXml,
} from "@restante/itk3";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { consultation, genericInput } from "../consultation.ts";
import { publishedExamples, withoutReference } from "../reference.ts";
import { corrected, schemaFaults } from "../schema.ts";
import { everyResource, resourceOf } from "../stu3/arbitrary.ts";

test("every published message is read and comes back the same, now in schema order", { skip: withoutReference }, () => {
  const examples = publishedExamples();
  assert.equal(examples.length, 7);
  for (const { name, bytes } of examples) {
    const { message, issues } = readMessage(bytes);
    assert.ok(message, name);
    assert.deepEqual(
      issues.filter(({ code }) => code !== "wrong-order"),
      [],
      name,
    );
    const again = readMessage(Buffer.from(writeXml(message.bundle)));
    assert.deepEqual(again.issues, [], name);
    assert.deepEqual(again.message?.bundle, message.bundle, name);
    assert.deepEqual(schemaFaults(writeXml(message.bundle)), [], name);
  }
});

test("everything that is built is valid against HL7's schema", { skip: withoutReference }, () => {
  for (const generation of [1, 2] as const) {
    for (const changes of [{}, { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" }]) {
      const input = { generation, registeredPractice: { odsCode: "Y90003", name: "Southgate" }, ...changes };
      assert.deepEqual(schemaFaults(consultationSummary(consultation(input)).xml), []);
      assert.deepEqual(schemaFaults(onlineConsultation(consultation(input)).xml), []);
      assert.deepEqual(schemaFaults(genericDocument(genericInput(input)).xml), []);
    }
  }
  for (const { code, level } of responseCodes.values()) {
    const build = level === "business" ? businessResponse : infrastructureResponse;
    const { xml } = build({
      now: new Date("2026-01-05T11:00:00Z"),
      request: { headerId: undefined },
      code,
      diagnostics: "Found in a test.",
      responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    });
    assert.deepEqual(schemaFaults(xml), []);
  }
});

for (const type of everyResource) {
  test(`any ${type.name} comes back the same, without an issue`, () => {
    fc.assert(
      fc.property(resourceOf(type), (resource) => {
        const { resource: again, issues } = readXmlResource(writeXml(resource));
        assert.deepEqual(issues, []);
        assert.deepEqual(again, resource);
      }),
      { numRuns: 15 },
    );
  });
}

test("any resource that is written is valid against HL7's schema", { skip: withoutReference }, () => {
  const uncorrected = everyResource.filter(({ name }) => ![...corrected].some((type) => type.split(".")[0] === name));
  fc.assert(
    fc.property(fc.oneof(...uncorrected.map(resourceOf)), (resource) => {
      assert.deepEqual(schemaFaults(writeXml(resource)), []);
    }),
    { numRuns: 200 },
  );
});
