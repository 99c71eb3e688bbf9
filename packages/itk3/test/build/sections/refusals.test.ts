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
  [/^sections\[0\]\.allergies must hold at least one\.$/, (parts) => allergySection(parts, [])],
  [
    /^sections\[0\]\.allergies\[0\]\.recorded must be a date/,
    (parts) => allergySection(parts, [{ ...allergy, recorded: wrong }]),
  ],
  [
    /^sections\[0\]\.allergies\[0\]\.code\.code must be a SNOMED CT identifier/,
    (parts) => allergySection(parts, [{ ...allergy, code: { code: "91936006", display: wrong } }]),
  ],
  [
    /^sections\[0\]\.allergies\[0\]\.code\.system must be an absolute URI/,
    (parts) => allergySection(parts, [{ ...allergy, code: { code: "x", display: "x", system: "local-codes" } }]),
  ],
  [
    /^sections\[0\]\.allergies\[0\]\.notes\[0\] must not be blank/,
    (parts) => allergySection(parts, [{ ...allergy, notes: [" "] }]),
  ],
  [
    /^sections\[0\]\.observations\[0\]\.category\.code is none that its code system defines \(FHIR, Coding\.code\)\.$/,
    (parts) => observationSection(parts, [{ ...weight, category: { code: "weights", display: wrong } }]),
  ],
  [
    /^sections\[0\]\.diagnosticReport\.category\.code is none that its code system defines/,
    (parts) =>
      diagnosticReportSection(parts, {
        ...report,
        category: { system: "http://hl7.org/fhir/v2/0074", code: "BLOOD", display: wrong },
      }),
  ],
  [
    /allergies\[0\]\.reactions\[0\]\.manifestations must hold at least one/,
    (parts) => allergySection(parts, [{ ...allergy, reactions: [{ manifestations: [], description: wrong }] }]),
  ],
  [
    /^sections\[0\]\.consents\[0\]\.period is a period that ends before it starts \(FHIR per-1\)\.$/,
    (parts) =>
      consentSection(parts, [{ status: "active", policies: [{ uri: wrong }], period: { start: day, end: "2025" } }]),
  ],
  [
    /consents\[0\]\.policies must hold at least one/,
    (parts) => consentSection(parts, [{ status: "active", policies: [] }]),
  ],
  [
    /consents\[0\]\.policies\[0\]\.uri must be a URI/,
    (parts) => consentSection(parts, [{ status: "active", policies: [{ uri: "a b" }] }]),
  ],
  [
    /^sections\[0\]\.diagnosticReport\.issued must be a date and time/,
    (parts) => diagnosticReportSection(parts, { ...report, issued: day }),
  ],
  [
    /diagnosticReport\.results\[0\]\.specimen is of a specimen that is not there/,
    (parts) => diagnosticReportSection(parts, { ...report, results: [{ ...weight, specimen: 1 }] }),
  ],
  [
    /documents\[0\]\.contents\[0\]\.bytes are empty/,
    (parts) =>
      documentReferenceSection(parts, [
        { ...letter, contents: [{ contentType: "text/plain", bytes: new Uint8Array() }] },
      ]),
  ],
  [
    /documents\[0\]\.contents must hold at least one/,
    (parts) => documentReferenceSection(parts, [{ ...letter, contents: [] }]),
  ],
  [
    /familyHistory\[0\]\.conditions\[0\]\.code\.text must not be blank/,
    (parts) =>
      familyHistorySection(parts, [{ status: "partial", relationship: pain, conditions: [{ code: { text: "" } }] }]),
  ],
  [
    /immunisations\[0\]\.protocol\.series\.dose must be a whole number above zero/,
    (parts) =>
      immunisationSection(parts, [
        { ...immunisation, protocol: { targetDiseases: [{ text: wrong }], series: { dose: 0 } } },
      ]),
  ],
  [
    /immunisations\[0\]\.dose\.value must be a decimal number/,
    (parts) => immunisationSection(parts, [{ ...immunisation, dose: { value: wrong, unit: "ml" } }]),
  ],
  [
    /immunisations\[0\]\.reasons must hold at least one/,
    (parts) => immunisationSection(parts, [{ ...immunisation, reasons: [] }]),
  ],
  [/locations\[0\]\.siteCode must not be blank/, (parts) => locationSection(parts, [{ ...surgery, siteCode: "" }])],
  [
    /medications\[0\]\.plan\.repeat\.issued must be a whole number/,
    (parts) =>
      medicationSection(parts, [
        {
          code: paracetamol,
          plan: { ...plan, prescriptionType: "repeat", groupIdentifier: plan.identifier, repeat: { issued: -1 } },
        },
      ]),
  ],
  [
    /medications\[0\]\.orders\[0\]\.supplyDays must be a whole number of days/,
    (parts) => medicationSection(parts, [{ code: paracetamol, plan, orders: [{ ...order, supplyDays: 0 }] }]),
  ],
  [
    /medications\[0\]\.statement\.lastIssued must not be given.*\(GPCM-SD-GE-177\)/,
    (parts) => medicationSection(parts, [{ code: paracetamol, plan, statement }]),
  ],
  [
    /observations\[0\]\.issued must be a date and time/,
    (parts) => observationSection(parts, [{ ...weight, issued: day }]),
  ],
  [
    /people\.relatedPeople\[0\]\.birthDate is not a whole date/,
    (parts) => peopleSection(parts, { relatedPeople: [{ name: { family: wrong, given: [] }, birthDate: "1975" }] }),
  ],
  [/^sections\[0\]\.people must hold at least one/, (parts) => peopleSection(parts, {})],
  [
    /problems\[0\]\.related\[0\]\.target is the place of a problem that is not there/,
    (parts) => problemSection(parts, [{ ...problem, related: [{ type: "parent", target: 0 }] }]),
  ],
  [
    /procedureRequests\[0\]\.authored must be a date/,
    (parts) => procedureRequestSection(parts, [{ code: pain, authored: wrong }]),
  ],
  [
    /questionnaireResponse\.items must hold at least one/,
    (parts) => questionnaireResponseSection(parts, { authored: day, items: [] }),
  ],
  [
    /questionnaire\.items\[0\]\.items must hold the questions of the group/,
    (parts) => questionnaireSection(parts, { items: [{ linkId: "1", text: wrong, type: "group" }] }),
  ],
  [
    /questionnaire\.items\[1\]\.linkId is that of another question \(FHIR que-2\)/,
    (parts) =>
      questionnaireSection(parts, { items: ["a", "b"].map((text) => ({ linkId: wrong, text, type: "string" })) }),
  ],
  [
    /questionnaire\.items\[0\]\.items must not be given: a display has no questions below it/,
    (parts) =>
      questionnaireSection(parts, {
        items: [{ linkId: "1", text: wrong, type: "display", items: [{ linkId: "2", text: wrong, type: "string" }] }],
      }),
  ],
  [
    /^sections\[0\]\.consents\[0\]\.period is a period that ends before it starts \(FHIR per-1\)\.$/,
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
    /procedureRequests\[0\]\.code must be "No code available" where it has no code \(GPCM-SD-GE-239\)/,
    (parts) => procedureRequestSection(parts, [{ code: { text: wrong as "No code available" } }]),
  ],
  [
    /observations\[0\]\.components\[0\]\.code is that of the observation, which has a value \(FHIR obs-7\)/,
    (parts) =>
      observationSection(parts, [
        { ...weight, value: { text: wrong }, components: [{ code: weight.code, value: { text: wrong } }] },
      ]),
  ],
  [/referrals\[0\]\.requester is a reference to nothing/, (parts) => referralSection(parts, [{ requester: {} }])],
  [
    /tasks\[0\]\.restriction must hold something/,
    (parts) => taskSection(parts, [{ intent: "order", restriction: {} }]),
  ],
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
