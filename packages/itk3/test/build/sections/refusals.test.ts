import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allergySection,
  consentSection,
  diagnosticReportSection,
  type DocumentParts,
  documentReferenceSection,
  familyHistorySection,
  genericDocument,
  immunisationSection,
  Itk3Error,
  locationSection,
  medicationSection,
  observationSection,
  peopleSection,
  problemSection,
  procedureRequestSection,
  questionnaireSection,
  questionnaireResponseSection,
  referenceToEntry,
  referralSection,
  type StructuredSection,
  taskSection,
} from "@restante/itk3";
import { genericInput } from "../../consultation.ts";
import { order, paracetamol, plan } from "./generic-kinds.ts";
import { day, pain, penicillin, surgery, weight, when } from "./samples.ts";

// Stands in each wrong input: no message may repeat it.
const wrong = "Zebra-9000000009";

const allergy = { code: penicillin, category: "medication", clinicalStatus: "active", recorded: day } as const;
const report = { status: "final", code: pain, issued: when } as const;
const immunisation = {
  recorded: when,
  procedure: pain,
  vaccine: pain,
  primarySource: true,
  notGiven: false,
} as const;
const statement = { prescribingAgency: "prescribed-by-another-organisation", lastIssued: day } as const;
const problem = { code: pain, significance: "minor", recorded: day, clinicalStatus: "active" } as const;
const letter = { status: "current", type: { text: "Letter" }, indexed: when } as const;

const refused: readonly (readonly [why: RegExp, build: (parts: DocumentParts) => StructuredSection])[] = [
  [/Allergies holds nothing/, (parts) => allergySection(parts, [])],
  [
    /AllergyIntolerance\.assertedDate must be a date/,
    (parts) => allergySection(parts, [{ ...allergy, recorded: wrong }]),
  ],
  [
    /AllergyIntolerance\.code\.coding\.code must be a SNOMED CT identifier/,
    (parts) => allergySection(parts, [{ ...allergy, code: { code: "91936006", display: wrong } }]),
  ],
  [
    /AllergyIntolerance\.note\.text must not be blank/,
    (parts) => allergySection(parts, [{ ...allergy, notes: [" "] }]),
  ],
  [
    /AllergyIntolerance\.reaction has no manifestation/,
    (parts) => allergySection(parts, [{ ...allergy, reactions: [{ manifestations: [], description: wrong }] }]),
  ],
  [
    /period ends before it starts/,
    (parts) =>
      consentSection(parts, [{ status: "active", policies: [{ uri: wrong }], period: { start: day, end: "2025" } }]),
  ],
  [/Consent\.policy holds nothing/, (parts) => consentSection(parts, [{ status: "active", policies: [] }])],
  [
    /Consent\.policy\.uri must be a URI/,
    (parts) => consentSection(parts, [{ status: "active", policies: [{ uri: "a b" }] }]),
  ],
  [
    /DiagnosticReport\.issued must be a date and time/,
    (parts) => diagnosticReportSection(parts, { ...report, issued: day }),
  ],
  [
    /specimen that is not there/,
    (parts) => diagnosticReportSection(parts, { ...report, results: [{ ...weight, specimen: 1 }] }),
  ],
  [
    /contents\.bytes are empty/,
    (parts) =>
      documentReferenceSection(parts, [
        { ...letter, contents: [{ contentType: "text/plain", bytes: new Uint8Array() }] },
      ]),
  ],
  [/DocumentReference has no content/, (parts) => documentReferenceSection(parts, [{ ...letter, contents: [] }])],
  [
    /FamilyMemberHistory\.condition\.code\.text must not be blank/,
    (parts) =>
      familyHistorySection(parts, [{ status: "partial", relationship: pain, conditions: [{ code: { text: "" } }] }]),
  ],
  [
    /Immunization\.vaccinationProtocol\.doseSequence must be a whole number above zero/,
    (parts) =>
      immunisationSection(parts, [
        { ...immunisation, protocol: { targetDiseases: [{ text: wrong }], series: { dose: 0 } } },
      ]),
  ],
  [
    /Immunization\.doseQuantity\.value must be a decimal number/,
    (parts) => immunisationSection(parts, [{ ...immunisation, dose: { value: wrong, unit: "ml" } }]),
  ],
  [
    /Immunization\.explanation\.reason holds nothing/,
    (parts) => immunisationSection(parts, [{ ...immunisation, reasons: [] }]),
  ],
  [/Location\.identifier\.value must not be blank/, (parts) => locationSection(parts, [{ ...surgery, siteCode: "" }])],
  [
    /MedicationRequest\.extension\.extension\.valueUnsignedInt must be a whole number/,
    (parts) =>
      medicationSection(parts, [
        {
          code: paracetamol,
          plan: { ...plan, prescriptionType: "repeat", groupIdentifier: plan.identifier, repeat: { issued: -1 } },
        },
      ]),
  ],
  [
    /whole number of days/,
    (parts) => medicationSection(parts, [{ code: paracetamol, plan, orders: [{ ...order, supplyDays: 0 }] }]),
  ],
  [/GPCM-SD-GE-177/, (parts) => medicationSection(parts, [{ code: paracetamol, plan, statement }])],
  [/Observation\.issued must be a date and time/, (parts) => observationSection(parts, [{ ...weight, issued: day }])],
  [
    /date of birth is not a whole date/,
    (parts) => peopleSection(parts, { relatedPeople: [{ name: { family: wrong, given: [] }, birthDate: "1975" }] }),
  ],
  [/People holds nothing/, (parts) => peopleSection(parts, {})],
  [
    /related to one that is not there/,
    (parts) => problemSection(parts, [{ ...problem, related: [{ type: "parent", target: 0 }] }]),
  ],
  [
    /ProcedureRequest\.authoredOn must be a date/,
    (parts) => procedureRequestSection(parts, [{ code: pain, authored: wrong }]),
  ],
  [/questionnaire asks nothing/, (parts) => questionnaireResponseSection(parts, { authored: day, items: [] })],
  [
    /group of questions holds none/,
    (parts) => questionnaireSection(parts, { items: [{ linkId: "1", text: wrong, type: "group" }] }),
  ],
  [
    /same linkId/,
    (parts) =>
      questionnaireSection(parts, { items: ["a", "b"].map((text) => ({ linkId: wrong, text, type: "string" })) }),
  ],
  [
    /display has no questions below it/,
    (parts) =>
      questionnaireSection(parts, {
        items: [{ linkId: "1", text: wrong, type: "display", items: [{ linkId: "2", text: wrong, type: "string" }] }],
      }),
  ],
  [
    /period ends before it starts/,
    (parts) =>
      consentSection(parts, [
        {
          status: "active",
          policies: [{ uri: wrong }],
          period: { start: "2026-01-05T12:00:00+00:00", end: "2026-01-05T10:00:00+00:00" },
        },
      ]),
  ],
  [
    /without a code is "No code available"/,
    (parts) => procedureRequestSection(parts, [{ code: { text: wrong as "No code available" } }]),
  ],
  [
    /value and a component of its own code/,
    (parts) =>
      observationSection(parts, [
        { ...weight, value: { text: wrong }, components: [{ code: weight.code, value: { text: wrong } }] },
      ]),
  ],
  [/ReferralRequest\.requester has no agent/, (parts) => referralSection(parts, [{ requester: {} }])],
  [/Task\.restriction holds nothing/, (parts) => taskSection(parts, [{ intent: "order", restriction: {} }])],
];

test("an entry that cannot be valid is refused, and the words name the element and repeat nothing of it", () => {
  for (const [why, build] of refused) {
    assert.throws(
      () => genericDocument(genericInput({ sections: (parts) => [build(parts)] })),
      (error) => {
        assert.ok(error instanceof Itk3Error);
        assert.equal(error.code, "input-invalid");
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /Zebra|91936006/);
        return true;
      },
    );
  }
});

test("what cannot be said together, the types refuse", () => {
  const ungrouped = { ...plan, prescriptionType: "repeat", repeat: { issued: 0 } } as const;
  const notGiven = { ...immunisation, notGiven: true } as const;
  const never = (parts: DocumentParts): StructuredSection[] => [
    // @ts-expect-error a resolved allergy says when and why (GPCM-SD-OC-089, 090)
    allergySection(parts, [{ ...allergy, clinicalStatus: "resolved" }]),
    // @ts-expect-error food is environment (GPCM-SD-OC-094)
    allergySection(parts, [{ ...allergy, category: "food" }]),
    // @ts-expect-error what was not given has no batch (GPCM-SD-GE-204)
    immunisationSection(parts, [{ ...notGiven, lotNumber: "L-1" }]),
    // @ts-expect-error the one who gave it is no report of another (GPCM-SD-GE-201)
    immunisationSection(parts, [{ ...immunisation, reportOrigin: { text: "Parent" } }]),
    // @ts-expect-error an acute prescription is not repeated (GPCM-SD-GE-149)
    medicationSection(parts, [{ code: paracetamol, plan: { ...plan, repeat: { issued: 0 } } }]),
    // @ts-expect-error a repeat has a group (GPCM-SD-GE-158)
    medicationSection(parts, [{ code: paracetamol, plan: ungrouped }]),
    // @ts-expect-error a stopped plan says when and why (GPCM-SD-GE-152 to 154)
    medicationSection(parts, [{ code: paracetamol, plan: { ...plan, status: "stopped" } }]),
    // @ts-expect-error what is asked for without a code is "No code available" (GPCM-SD-GE-239)
    procedureRequestSection(parts, [{ code: { text: "Blood test" } }]),
    // @ts-expect-error a code is called something, whatever words stand beside it
    problemSection(parts, [{ ...problem, code: { code: "82423001", text: "Pain" } }]),
    // @ts-expect-error an active problem has not ended (GPCM-SD-GE-233)
    problemSection(parts, [{ ...problem, ended: day }]),
  ];
  assert.equal(typeof never, "function");
});

test("a reference to an entry that a section does not hold is refused", () => {
  genericDocument(
    genericInput({
      sections: (parts) => {
        const allergies = allergySection(parts, [allergy]);
        assert.deepEqual(referenceToEntry(allergies, "AllergyIntolerance"), {
          reference: `urn:uuid:${allergies.resources[0]?.id}`,
        });
        assert.throws(() => referenceToEntry(allergies, "AllergyIntolerance", 1), { code: "input-invalid" });
        assert.throws(() => referenceToEntry(allergies, "Observation"), { code: "input-invalid" });
        return [allergies];
      },
    }),
  );
});
