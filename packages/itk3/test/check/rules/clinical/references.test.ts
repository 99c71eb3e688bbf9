import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource } from "@restante/itk3";
import { foundAfter } from "./found-after.ts";

const practitioner: Resource = { resourceType: "Practitioner", id: "inside", name: [{ family: "Ohm" }] };
const patient = (value: string): Resource => ({
  resourceType: "Patient",
  id: "inside",
  identifier: [{ system: "https://fhir.nhs.uk/Id/nhs-number", value }],
});

/** What is found where the allergy holds a resource and refers to it by `name`. */
function foundWithin(held: Resource, name: "recorder" | "patient"): string[] {
  return foundAfter(({ first }) => {
    Object.assign(first("AllergyIntolerance"), { contained: [held], [name]: { reference: "#inside" } });
  });
}

test("a reference to what the resource contains leads there", () => {
  assert.deepEqual(foundWithin(practitioner, "recorder"), []);
  assert.deepEqual(foundWithin(practitioner, "patient"), ["GPCM-SD-GE-098"]);
});

test("a Patient within a resource is the patient of the document if the NHS number is", () => {
  assert.deepEqual(foundWithin(patient("9000000009"), "patient"), []);
  assert.deepEqual(foundWithin(patient("9000000017"), "patient"), ["GPCM-SD-GE-098"]);
});
