import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { type BuiltMessage, check, genericDocument, onlineConsultation, readMessage, writeJson } from "@restante/itk3";
import type { DocumentParts, StructuredSection } from "@restante/itk3";
import { assertClean } from "../../clean.ts";
import { consultation, genericInput } from "../../consultation.ts";
import { withoutReference } from "../../reference.ts";
import { schemaFaults } from "../../schema.ts";
import { genericKinds } from "./generic-kinds.ts";
import { onlineKinds } from "./online-kinds.ts";

type Sections = (parts: DocumentParts) => StructuredSection[];

const encountered = {
  name: "Clinic",
  type: { code: "371531000", display: "Report of clinical encounter" },
  encounterType: { code: "11429006", display: "Consultation" },
};
const withEncounter = (sections: Sections) => genericDocument(genericInput({ document: encountered, sections }));
const withoutEncounter = (sections: Sections) => genericDocument(genericInput({ sections }));
const online = (sections: Sections) => onlineConsultation(consultation({ sections }));

for (const [name, kind] of Object.entries({ ...onlineKinds, ...genericKinds })) {
  const documents = name in onlineKinds ? [withEncounter, online] : [withEncounter];

  test(`${name} with all that is recommended pass the check, and read back the same from XML and from JSON`, () => {
    for (const document of documents) {
      const { xml, bundle } = document(kind.full);
      const read = readMessage(Buffer.from(xml));
      assertClean(check(read));
      assert.deepEqual(read.message?.bundle, bundle);
      assert.deepEqual(readMessage(Buffer.from(writeJson(bundle))).message?.bundle, bundle);
    }
  });

  test(`${name} with no more than is demanded break no requirement that MUST be met`, () => {
    for (const document of [...documents, withoutEncounter]) {
      const { findings, conforms } = check(readMessage(Buffer.from(document(kind.least).xml)));
      assert.deepEqual(
        findings.filter(({ severity }) => severity !== "warning"),
        [],
      );
      assert.ok(conforms);
    }
  });

  test(`${name} are valid against HL7's schema`, { skip: withoutReference }, () => {
    const built: BuiltMessage[] = [withEncounter(kind.full), withEncounter(kind.least), withoutEncounter(kind.least)];
    for (const { xml } of built) assert.deepEqual(schemaFaults(xml), []);
  });
}

test("a document of every kind at once, and of two sections with Observations, passes the check", () => {
  const every = (parts: DocumentParts) =>
    Object.values({ ...onlineKinds, ...genericKinds }).flatMap(({ full }) => full(parts));
  const twice = (parts: DocumentParts) => [...every(parts), ...every(parts)];
  for (const sections of [every, twice]) {
    assertClean(check(readMessage(Buffer.from(withEncounter(sections).xml))));
  }
  const { findings } = check(readMessage(Buffer.from(withoutEncounter(twice).xml)));
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== "warning"),
    [],
  );
});
