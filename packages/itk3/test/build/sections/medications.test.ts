import assert from "node:assert/strict";
import { test } from "node:test";
import { type DocumentParts, medicationSection, noInformation, type PlanInput, type stu3 } from "@restante/itk3";
import { countingIds } from "../../consultation.ts";
import { order, paracetamol, plan } from "./generic-kinds.ts";

const careConnect = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-";
const parts: DocumentParts = {
  patient: { reference: "urn:uuid:p" },
  practitioner: { reference: "urn:uuid:q" },
  organisation: { reference: "urn:uuid:o" },
  encounter: undefined,
  attachments: [],
  ids: countingIds(),
};

function requests(planned: PlanInput): stu3.MedicationRequest[] {
  const { resources } = medicationSection(parts, [{ code: paracetamol, plan: planned, orders: [order, order] }]);
  return resources.filter((resource) => resource.resourceType === "MedicationRequest");
}

const repeat = {
  ...plan,
  prescriptionType: "repeat",
  groupIdentifier: { system: "https://supplier.example/id", value: "group-1" },
  repeat: { issued: 0 },
  status: "stopped",
  stopped: { date: "2026-01-05", reason: { text: noInformation } },
} as const;

test("a plan leads its orders: each is based on it, shares its group and says nothing of repeats or why it stopped", () => {
  const [planned, ...orders] = requests(repeat);
  assert.equal(orders.length, 2);
  assert.deepEqual(
    planned?.extension?.map(({ url }) => url?.replace(careConnect, "")),
    ["MedicationRepeatInformation-1", "MedicationStatusReason-1", "PrescriptionType-1"],
  );
  assert.equal(planned?.basedOn, undefined);
  for (const made of orders) {
    assert.equal(made.intent, "order");
    assert.deepEqual(made.basedOn, [{ reference: `urn:uuid:${planned?.id}` }]);
    assert.deepEqual(made.groupIdentifier, planned?.groupIdentifier);
    assert.deepEqual(made.medicationReference, planned?.medicationReference);
    assert.deepEqual(made.dosageInstruction, planned?.dosageInstruction);
    assert.deepEqual(
      made.extension?.map(({ url }) => url?.replace(careConnect, "")),
      ["PrescriptionType-1"],
    );
  }
});

test("a repeat that was not yet issued says 0, and no number of issues where none is authorised", () => {
  const [{ extension = [] } = {}] = requests(repeat);
  assert.deepEqual(extension[0]?.extension, [{ url: "numberOfRepeatPrescriptionsIssued", valueUnsignedInt: 0 }]);
});

test("a type of prescription without a code, or that was never recorded, is told in words", () => {
  const told = (prescriptionType: "acute-handwritten" | typeof noInformation) => {
    const [{ extension = [] } = {}] = requests({ ...plan, prescriptionType });
    return extension[0]?.valueCodeableConcept;
  };
  assert.deepEqual(told("acute-handwritten"), { text: "Acute (handwritten)" });
  assert.deepEqual(told(noInformation), { text: "No information available" });
});
