import assert from "node:assert/strict";
import { test } from "node:test";
import { check, messageOf } from "@restante/itk3";
import { first, type Message } from "./addition.ts";
import { fullDocuments } from "./subjects.ts";

const documents = fullDocuments();

/** The ids of what is found in a generic document that holds everything, once it is changed. */
function foundAfter(generation: 1 | 2, change: (message: Message) => void): string[] {
  const { bundle, options } = documents.find(({ name }) => name === `generic ${generation}.x`) ?? assert.fail();
  const message = messageOf(structuredClone(bundle)) ?? assert.fail();
  change(message);
  const again = messageOf(message.bundle) ?? assert.fail();
  return check(again, options).findings.map(({ id }) => id);
}

/** Takes an element away. */
function take(element: object | undefined, ...names: readonly string[]): void {
  for (const name of names) delete (element as Record<string, unknown> | undefined)?.[name];
}

const allergyIn = (message: Message): object => first(message, "AllergyIntolerance") ?? assert.fail();
const toComposition = ({ composition }: Message): { reference: string } => ({
  reference: `urn:uuid:${composition?.id}`,
});

const told: readonly (readonly [
  what: string,
  change: (message: Message) => void,
  ofFirst: readonly string[],
  ofSecond: readonly string[],
])[] = [
  [
    "a Condition without status",
    (message) =>
      take(
        first(message, "Condition", ({ clinicalStatus }) => clinicalStatus === "active"),
        "clinicalStatus",
      ),
    ["GPCM-SD-GE-227"],
    ["FHIR:con-3"],
  ],
  [
    "a Condition without status that has abated",
    (message) => {
      const condition = first(message, "Condition");
      take(condition, "clinicalStatus");
      Object.assign(condition ?? assert.fail(), { abatementDateTime: "2026-01-05" });
    },
    ["GPCM-SD-GE-227"],
    ["FHIR:con-3"],
  ],
  [
    "an allergy without status",
    (message) => take(allergyIn(message), "clinicalStatus"),
    ["GPCM-SD-GE-091"],
    ["FHIR:ait-1"],
  ],
  [
    "an allergy with a status, in error",
    (message) => void Object.assign(allergyIn(message), { verificationStatus: "entered-in-error" }),
    ["GPCM-SD-GE-092"],
    ["FHIR:ait-2"],
  ],
  [
    "a reason for not taking what is taken",
    (message) =>
      void Object.assign(first(message, "MedicationStatement") ?? assert.fail(), {
        taken: "y",
        reasonNotTaken: [{ text: "x" }],
      }),
    ["GPCM-SD-GE-187"],
    ["FHIR:mst-1"],
  ],
  [
    "a Consent without policy, which should be there and by FHIR must",
    (message) => take(first(message, "Consent"), "policy", "policyRule"),
    ["FHIR:ppc-1"],
    ["FHIR:ppc-1"],
  ],
  [
    "a contained resource that is named wrongly",
    ({ patient }) =>
      void Object.assign(patient ?? assert.fail(), {
        contained: [{ resourceType: "Organization", id: "o1", name: "x" }],
        extension: [{ url: "urn:x", valueReference: { reference: "#o2" } }],
      }),
    ["FHIR:ref-1"],
    ["FHIR:ref-1"],
  ],
  [
    "a code of a length of time without system",
    (message) => {
      const lasting = first(
        message,
        "MedicationRequest",
        (one) => one.dispenseRequest?.expectedSupplyDuration !== undefined,
      );
      take(lasting?.dispenseRequest?.expectedSupplyDuration, "system");
    },
    ["FHIR:qty-3"],
    ["FHIR:qty-3"],
  ],
  [
    "an encounter that is the Composition",
    (message) => void Object.assign(message.composition ?? assert.fail(), { encounter: toComposition(message) }),
    ["FHIR:target"],
    ["FHIR:target"],
  ],
  [
    "a plan that is the Composition",
    (message) => {
      const statement = first(message, "MedicationStatement") ?? assert.fail();
      Object.assign(statement, { basedOn: [toComposition(message)] });
    },
    ["GPCM-SD-GE-180"],
    ["FHIR:target"],
  ],
  [
    "a requester that is the Composition",
    (message) => {
      const request = first(message, "MedicationRequest", ({ requester }) => requester !== undefined) ?? assert.fail();
      Object.assign(request.requester ?? {}, { agent: toComposition(message) });
    },
    ["FHIR:target"],
    ["FHIR:target"],
  ],
];

for (const [what, change, ofFirst, ofSecond] of told) {
  test(`one finding is told for ${what}: a requirement's that must be met in place of FHIR's, and FHIR's in place of a wish`, () => {
    assert.deepEqual(foundAfter(1, change), ofFirst);
    assert.deepEqual(foundAfter(2, change), ofSecond);
  });
}
