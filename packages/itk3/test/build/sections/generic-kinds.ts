// The kinds of structured entry that only a generic document has requirements for (GPCM-SD-GE-147 to 267).
import {
  allergySection,
  diagnosticReportSection,
  immunisationSection,
  locationSection,
  medicationSection,
  peopleSection,
  problemSection,
  procedureRequestSection,
  referenceToEntry,
} from "@restante/itk3";
import { type Kind, when, day, penicillin, bloodTest, pain, surgery, weight, weighed, make } from "./samples.ts";

const own = (value: string) => ({ system: "https://supplier.example/id", value });
export const paracetamol = { code: "322236009", display: "Paracetamol 500mg tablets" };
const vaccine = { code: "871751006", display: "Vaccine product" };
const vaccination = { code: "868241000000109", display: "Administration of vaccine" };
/** Acute, and no more than is demanded. */
export const plan = {
  identifier: { system: "https://supplier.example/id", value: "plan-1" },
  authorised: "2026-01-05T10:00:00+00:00",
  valid: { start: "2026-01-05" },
  dosage: "Two, four times a day",
  prescriptionType: "acute",
  status: "active",
} as const;
export const order = {
  identifier: { system: "https://supplier.example/id", value: "order-1" },
  authorised: "2026-01-05T10:00:00+00:00",
  valid: { start: "2026-01-05" },
  status: "completed",
} as const;
const immunisation = { recorded: when, procedure: vaccination, vaccine, primarySource: true } as const;
const problem = { code: pain, significance: "minor", recorded: day, clinicalStatus: "active" } as const;

export const genericKinds: Readonly<Record<string, Kind>> = {
  medications: {
    full: (parts) => [
      make(medicationSection, parts, [
        {
          code: paracetamol,
          plan: {
            ...plan,
            prescriptionType: "repeat",
            groupIdentifier: own("group-1"),
            repeat: { allowed: 6, issued: 1, expires: "2026-07-05" },
            status: "stopped",
            stopped: { date: when, reason: { text: "Finished" } },
            valid: { start: day, end: "2026-07-05" },
            patientInstruction: "With food",
            quantity: { value: "32", unit: "tablet" },
            supplyDays: 4,
            notes: ["Reviewed"],
          },
          orders: [{ ...order, quantity: { text: "One box" }, supplyDays: 4, dispenser: parts.organisation }],
          statement: {
            prescribingAgency: "prescribed-at-gp-practice",
            lastIssued: day,
            dosageLastChanged: day,
            notes: ["Taken as needed"],
          },
        },
      ]),
    ],
    least: (parts) => [
      make(medicationSection, parts, [
        {
          code: { text: "A cream" },
          plan,
          orders: [order],
          statement: { prescribingAgency: "prescribed-by-another-organisation" },
        },
      ]),
    ],
  },
  immunisations: {
    full: (parts) => {
      const locations = make(locationSection, parts, [surgery]);
      const location = referenceToEntry(locations, "Location");
      return [
        locations,
        make(immunisationSection, parts, [
          {
            ...immunisation,
            notGiven: false,
            date: when,
            location,
            administrator: parts.practitioner,
            parentPresent: true,
            notes: ["No reaction"],
            manufacturer: parts.organisation,
            lotNumber: "L-1",
            expires: "2027-01-01",
            site: { text: "Left arm" },
            route: { text: "Intramuscular" },
            dose: { value: "0.5", unit: "ml" },
            reasons: [{ text: "Travel" }],
            protocol: {
              targetDiseases: [{ text: "Influenza" }],
              series: { dose: 1, doses: 2 },
              description: "Seasonal",
            },
          },
          {
            ...immunisation,
            primarySource: false,
            reportOrigin: { text: "Parent" },
            notGiven: true,
            date: "2026-01",
            reasons: [{ text: "Declined" }],
          },
        ]),
      ];
    },
    least: (parts) => [
      make(immunisationSection, parts, [
        { ...immunisation, notGiven: false },
        { ...immunisation, primarySource: false, notGiven: true },
      ]),
    ],
  },
  problems: {
    full: (parts) => {
      const allergies = make(allergySection, parts, [
        {
          code: penicillin,
          category: "medication",
          clinicalStatus: "active",
          recorded: day,
          onset: "2001",
          asserter: parts.patient,
        },
      ]);
      const actual = referenceToEntry(allergies, "AllergyIntolerance");
      return [
        allergies,
        make(problemSection, parts, [
          {
            ...problem,
            actual,
            content: parts.encounter === undefined ? [] : [parts.encounter],
            onset: "2001",
            related: [{ type: "parent", target: 1 }],
            notes: ["Carries a card"],
          },
          {
            ...problem,
            significance: "major",
            clinicalStatus: "inactive",
            ended: day,
            onset: "2025-06",
            related: [{ type: "child", target: 0 }],
          },
        ]),
      ];
    },
    least: (parts) => [make(problemSection, parts, [problem, { ...problem, clinicalStatus: "inactive" }])],
  },
  "diagnostic reports": {
    full: (parts) => {
      const people = make(peopleSection, parts, { organisations: [{ odsCode: "Y90009", name: "Laboratory" }] });
      const laboratory = referenceToEntry(people, "Organization");
      const problems = make(problemSection, parts, [{ ...problem, onset: "2025-06" }]);
      const requests = make(procedureRequestSection, parts, [
        {
          code: bloodTest,
          performer: laboratory,
          reason: { text: "Tired" },
          conditions: [referenceToEntry(problems, "Condition")],
          authored: day,
          notes: ["Fasted"],
        },
      ]);
      return [
        people,
        problems,
        requests,
        make(diagnosticReportSection, parts, {
          status: "final",
          code: { code: "721981007", display: "Diagnostic studies report" },
          issued: when,
          category: { text: "Haematology" },
          performers: [laboratory],
          requests: [referenceToEntry(requests, "ProcedureRequest")],
          specimens: [
            {
              status: "available",
              received: when,
              accession: own("S-1"),
              type: { text: "Blood" },
              collection: {
                collector: parts.practitioner,
                date: day,
                quantity: { value: "5", unit: "ml" },
                bodySite: { text: "Left arm" },
                fasting: { text: "Fasted" },
              },
              notes: ["Not haemolysed"],
            },
          ],
          results: [{ ...weighed, specimen: 0 }],
          diagnoses: [pain],
          conclusion: "Nothing abnormal",
        }),
      ];
    },
    least: (parts) => [
      make(procedureRequestSection, parts, [{ code: { text: "No code available" } }]),
      make(diagnosticReportSection, parts, {
        status: "registered",
        code: { text: "Full blood count" },
        issued: when,
        specimens: [{ status: "unavailable", received: day }],
        results: [weight],
      }),
    ],
  },
};
