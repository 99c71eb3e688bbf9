// The kinds of structured entry that every document can carry (GPCM-SD-OC-040 to 140, 168 to 173).
import { Buffer } from "node:buffer";
import {
  allergySection,
  consentSection,
  documentReferenceSection,
  familyHistorySection,
  locationSection,
  observationSection,
  peopleSection,
  questionnaireSection,
  questionnaireResponseSection,
  referenceToEntry,
  referralSection,
  taskSection,
} from "@restante/itk3";
import { type Kind, when, day, penicillin, bloodTest, pain, surgery, weight, weighed, make } from "./samples.ts";

const questions = [{ linkId: "1", text: "What is the matter?", answer: "A sore knee" }];

export const onlineKinds: Readonly<Record<string, Kind>> = {
  observations: {
    full: (parts) => [
      make(observationSection, parts, [
        weighed,
        {
          code: { code: "75367002", display: "Blood pressure" },
          issued: when,
          category: { code: "vital-signs", display: "Vital Signs" },
          status: "preliminary",
          components: [
            { code: { code: "72313002", display: "Systolic" }, value: { value: "120", unit: "mmHg" } },
            { code: { code: "1091811000000102", display: "Diastolic" }, value: { value: "80", unit: "mmHg" } },
          ],
        },
      ]),
    ],
    least: (parts) => [make(observationSection, parts, [weight])],
  },
  questionnaires: {
    full: (parts) => {
      const locations = make(locationSection, parts, [surgery]);
      const form = make(questionnaireSection, parts, {
        version: "1",
        name: "knee",
        title: "Knee",
        date: "2026-01-01",
        description: "About a knee",
        effective: { start: "2026-01-01", end: "2026" },
        items: [
          {
            linkId: "0",
            text: "YOUR KNEE",
            type: "group",
            items: [
              { linkId: "1", text: "What is the matter?", type: "string", required: true },
              { linkId: "2", text: "Which?", type: "choice", options: [{ code: "24028007", display: "Right" }] },
              { linkId: "3", text: "Which surgery?", type: "reference" },
            ],
          },
        ],
      });
      const surgeryAnswer = { linkId: "3", text: "Which surgery?", answer: referenceToEntry(locations, "Location") };
      const questionnaire = referenceToEntry(form, "Questionnaire");
      const items = [...questions, surgeryAnswer];
      return [locations, form, make(questionnaireResponseSection, parts, { authored: when, items, questionnaire })];
    },
    least: (parts) => [
      make(questionnaireSection, parts, { items: [{ linkId: "1", text: "What is the matter?", type: "string" }] }),
      make(questionnaireResponseSection, parts, { authored: day, items: questions }),
    ],
  },
  people: {
    full: (parts) => [
      make(peopleSection, parts, {
        practitioners: [{ sdsUserId: "900000000002", name: { family: "Bell", given: ["Bo"] }, phone: "0113 496 0005" }],
        organisations: [{ odsCode: "Y90009", name: "Laboratory", phone: "0113 496 0006" }],
        relatedPeople: [
          {
            name: { family: "Ampère", given: ["Cy"] },
            birthDate: "1975-01-01",
            phone: "0113 496 0004",
            relationship: { code: "72705000", display: "Mother" },
            address: { line: ["1 Test Street & Co"], postalCode: "LS1 1AA" },
          },
        ],
        devices: [
          {
            type: { code: "462240000", display: "Patient health record information system" },
            manufacturer: "Northgate Devices",
          },
        ],
      }),
    ],
    least: (parts) => [
      make(peopleSection, parts, {
        relatedPeople: [{ name: { family: "Ampère", given: [] }, birthDate: "1975-01-01" }],
      }),
    ],
  },
  locations: {
    full: (parts) => [make(locationSection, parts, [surgery])],
    least: (parts) => [
      make(locationSection, parts, [{ siteCode: "Y90001A", name: "Side door", phone: "0113 496 0003" }]),
    ],
  },
  referrals: {
    full: (parts) => {
      const people = make(peopleSection, parts, { organisations: [{ odsCode: "Y90008", name: "Clinic" }] });
      return [
        people,
        make(referralSection, parts, [
          {
            reason: pain,
            description: "Please see",
            priority: "urgent",
            recipients: [referenceToEntry(people, "Organization")],
            supporting: parts.attachments.slice(0, 1),
            authored: when,
            notes: ["Two weeks' wait"],
          },
        ]),
      ];
    },
    least: (parts) => [make(referralSection, parts, [{}])],
  },
  "document references": {
    full: (parts) => [
      make(documentReferenceSection, parts, [
        {
          status: "current",
          type: { text: "Letter" },
          indexed: when,
          authors: [parts.practitioner],
          description: "The letter of the clinic",
          period: { start: "2026-01", end: day },
          contents: [
            { contentType: "text/plain", title: "Letter", bytes: Buffer.from("Hello") },
            { attachment: parts.attachments[0] ?? {} },
            { url: "https://supplier.example/letters/1" },
          ],
        },
      ]),
    ],
    least: (parts) => [
      make(documentReferenceSection, parts, [
        {
          status: "superseded",
          type: { text: "Letter" },
          indexed: when,
          contents: [{ contentType: "text/plain", bytes: Buffer.from("Hello") }],
        },
      ]),
    ],
  },
  allergies: {
    full: (parts) => [
      make(allergySection, parts, [
        {
          code: penicillin,
          category: "medication",
          clinicalStatus: "resolved",
          ended: { date: day, reason: "Retested" },
          recorded: when,
          type: "allergy",
          criticality: "high",
          onset: "2001",
          asserter: parts.patient,
          lastOccurrence: "2019-04",
          notes: ["As a child"],
          reactions: [
            {
              manifestations: [{ text: "Rash" }],
              description: "A rash on both arms",
              severity: "mild",
              exposureRoute: { text: "By mouth" },
            },
          ],
        },
      ]),
    ],
    least: (parts) => [
      make(allergySection, parts, [
        { code: penicillin, category: "medication", clinicalStatus: "active", recorded: day },
      ]),
    ],
  },
  "family history": {
    full: (parts) => {
      const responses = make(questionnaireResponseSection, parts, { authored: when, items: questions });
      return [
        responses,
        make(familyHistorySection, parts, [
          {
            status: "completed",
            relationship: { code: "72705000", display: "Mother" },
            conditions: [{ code: { text: "Asthma" }, notes: ["From childhood"] }],
            reasons: [referenceToEntry(responses, "QuestionnaireResponse")],
            date: day,
            notes: ["Told by the patient"],
          },
        ]),
      ];
    },
    least: (parts) => [
      make(familyHistorySection, parts, [{ status: "partial", relationship: { code: "72705000", display: "Mother" } }]),
    ],
  },
  tasks: {
    full: (parts) => [
      make(taskSection, parts, [
        {
          intent: "order",
          priority: "routine",
          code: { code: "185389009", display: "Follow-up visit" },
          description: "See the patient again",
          owner: parts.organisation,
          reason: { text: "Follow-up" },
          statusReason: { text: "New" },
          restriction: { repetitions: 1, period: { start: day, end: "2026-02-05" }, recipients: [parts.patient] },
          inputs: [
            { type: { text: "Where" }, value: "At home" },
            { type: { text: "Fasting" }, value: true },
            { type: { text: "What" }, value: bloodTest },
          ],
          outputs: [{ type: { text: "Report" }, value: parts.attachments[0] ?? {} }],
          authored: when,
          notes: ["Please ring first"],
        },
      ]),
    ],
    least: (parts) => [make(taskSection, parts, [{ intent: "proposal" }])],
  },
  consents: {
    full: (parts) => {
      const responses = make(questionnaireResponseSection, parts, { authored: when, items: questions });
      const purposes = [{ system: "http://hl7.org/fhir/v3/ActReason", code: "TREAT", display: "treatment" }];
      const source = referenceToEntry(responses, "QuestionnaireResponse");
      const data = [{ meaning: "instance", reference: source }] as const;
      return [
        responses,
        make(consentSection, parts, [
          {
            status: "active",
            policies: [{ uri: "https://supplier.example/policy", authority: "https://supplier.example" }],
            categories: [{ text: "Sharing" }],
            period: { start: day },
            actions: [{ text: "Read" }],
            source,
            purposes,
            dataPeriod: { start: "2026-01-01" },
            data,
            exceptions: [{ type: "deny", period: { start: day }, actions: [{ text: "Copy" }], purposes, data }],
            recorded: when,
          },
        ]),
      ];
    },
    least: (parts) => [
      make(consentSection, parts, [{ status: "rejected", policies: [{ uri: "https://supplier.example/policy" }] }]),
    ],
  },
};
