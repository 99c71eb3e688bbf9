import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bundle, check, genericDocument, messageOf, type Resource, type stu3 } from "@restante/itk3";
import { genericInput } from "../../../consultation.ts";
import { everySection } from "../../full-document.ts";

const document = {
  type: { code: "371531000", display: "Report" },
  name: "Immunisation",
  encounterType: { code: "11429006", display: "Consultation" },
};
const { bundle } = genericDocument(genericInput({ document, sections: everySection }));

/** Ids of what is found in the full document after a change to its allergy. */
function foundAfter(change: (allergy: stu3.AllergyIntolerance) => void): string[] {
  const changed = structuredClone(bundle);
  const inner = changed.entry?.at(-1)?.resource as Bundle;
  const resources = (inner.entry ?? []).flatMap(({ resource }) => resource ?? []);
  const allergy = resources.find((resource) => resource.resourceType === "AllergyIntolerance");
  assert.ok(allergy);
  change(allergy);
  const message = messageOf(changed);
  assert.ok(message);
  return check(message, { generation: 1, useCase: "generic" }).findings.map(({ id }) => id);
}

const practitioner: Resource = { resourceType: "Practitioner", id: "inside", name: [{ family: "Ohm" }] };
const patient = (value: string): Resource => ({
  resourceType: "Patient",
  id: "inside",
  identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value }],
});
const inside = { reference: "#inside" };

test("a reference to what the resource contains leads there", () => {
  assert.deepEqual(
    foundAfter((allergy) => Object.assign(allergy, { contained: [practitioner], recorder: inside })),
    [],
  );
  assert.deepEqual(
    foundAfter((allergy) => Object.assign(allergy, { contained: [practitioner], patient: inside })),
    ["GPCM-SD-GE-098"],
  );
});

test("a Patient within a resource is the patient of the document if the NHS number is", () => {
  assert.deepEqual(
    foundAfter((allergy) => Object.assign(allergy, { contained: [patient("9000000009")], patient: inside })),
    [],
  );
  assert.deepEqual(
    foundAfter((allergy) => Object.assign(allergy, { contained: [patient("9000000017")], patient: inside })),
    ["GPCM-SD-GE-098"],
  );
});
