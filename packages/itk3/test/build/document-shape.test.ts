import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  allergySection,
  consultationSummary,
  copyFor,
  type DocumentInput,
  genericDocument,
  type GenericDocumentInput,
  Itk3Error,
  locationSection,
  onlineConsultation,
  peopleSection,
  problemSection,
  referenceToEntry,
} from "@restante/itk3";
import { consultation, genericInput } from "../consultation.ts";
import { day, pain, penicillin, surgery } from "./sections/samples.ts";

// Stands in a wrong value: no message may repeat it.
const wrong = "Zebra";
const { patient, practitioner, organisation } = consultation();
const uuid = "00000000-0000-4000-8000-00000000aaaa";
const pdf = Buffer.from("%PDF-1.7");

function refuses(build: () => unknown, why: RegExp): void {
  assert.throws(build, (error) => {
    assert.ok(error instanceof Itk3Error, String(error));
    assert.equal(error.code, "input-invalid");
    assert.match(error.message, why);
    assert.doesNotMatch(error.message, /Zebra|9000000|yesterday|0000aaaa|GPPROVIDER/);
    return true;
  });
}

const refused: readonly (readonly [why: RegExp, changes: Partial<DocumentInput>])[] = [
  [/^patient\.nhsNumber is not a valid NHS number\.$/, { patient: { ...patient, nhsNumber: "9000000000" } }],
  [/^patient\.birthDate is not a whole date/, { patient: { ...patient, birthDate: "1980-02" } }],
  [/patient\.name\.family must not be blank/, { patient: { ...patient, name: { family: " ", given: [] } } }],
  [/patient\.name\.family must be one line/, { patient: { ...patient, name: { family: `${wrong}\n`, given: [] } } }],
  [
    /patient\.name\.family must be one line/,
    { patient: { ...patient, name: { family: `${wrong}\u0001`, given: [] } } },
  ],
  [
    /patient\.name\.given\[0\] must be one line/,
    { patient: { ...patient, name: { family: "A", given: [` ${wrong}`] } } },
  ],
  [
    /patient\.name\.prefix must not be blank/,
    { patient: { ...patient, name: { family: "A", given: [], prefix: "" } } },
  ],
  [/patient\.phone must not be blank/, { patient: { ...patient, phone: " " } }],
  [/patient\.address\.city must not be blank/, { patient: { ...patient, address: { line: [], city: " " } } }],
  [/practitioner\.sdsUserId must be twelve digits/, { practitioner: { ...practitioner, sdsUserId: wrong } }],
  [
    /practitioner\.name\.family must not be blank/,
    { practitioner: { ...practitioner, name: { family: "", given: [] } } },
  ],
  [/organisation\.odsCode must be 3 to 12/, { organisation: { ...organisation, odsCode: "Y9 0001!" } }],
  [/organisation\.odsCode must not be blank/, { organisation: { ...organisation, odsCode: "" } }],
  [/organisation\.name must not be blank/, { organisation: { ...organisation, name: " " } }],
  [/organisation\.name must be one line/, { organisation: { ...organisation, name: `${wrong}\n${wrong}` } }],
  [/organisation\.phone must not be blank/, { organisation: { ...organisation, phone: "" } }],
  [/registeredPractice\.odsCode/, { registeredPractice: { odsCode: "!", name: "A" } }],
  [/now is no time/, { now: new Date(Number.NaN) }],
  [/^date is no time/, { date: new Date(Number.NaN) }],
  [/^date is neither a date nor an instant with a zone/, { date: "yesterday" }],
  [/headerId must be 1 to 64/, { headerId: `${wrong} 1` }],
  [/headerId must not be blank/, { headerId: "" }],
  [/^ids must give UUIDs\.$/, { ids: () => `${wrong} 1` }],
  [/senderReference must not be blank/, { senderReference: "" }],
  [/senderReference must not be blank/, { senderReference: " " }],
  [/senderReference must have 1 to 255 characters \(FHIR-SR-03\)/, { senderReference: "a".repeat(256) }],
  [/senderReference must identify the encounter \(GPCM-SD-OC-145\)/, { senderReference: "None" }],
  [/senderMailbox names no mailbox/, { senderMailbox: "GPPROVIDER_9000000009_03021980_Zebra" }],
  [/recipientMailbox names no mailbox/, { recipientMailbox: "GPPROVIDER_9000000009_03021980_Zebra" }],
  [/version must be a whole number from 1 to 999999/, { version: 0 }],
  [/replaces must be given for a version above 1 \(GPCM-SD-OC-011\)/, { version: 2 }],
  [/replaces must not be given: version 1 replaces nothing/, { replaces: uuid }],
  [/replaces must be a UUID/, { version: 2, replaces: wrong }],
  [/compositionIdentifier must be a UUID/, { compositionIdentifier: wrong }],
  [
    /^confidential must be false: Send Document 2 does not send a confidential/,
    { generation: 2, confidential: true, attachments: [] },
  ],
  [/report\.bytes are no PDF/, { report: { contentType: "application/pdf", bytes: Buffer.from(wrong) } }],
  [
    /report\.bytes must be a Uint8Array/,
    { report: { contentType: "application/pdf", bytes: "%PDF-1.7" as unknown as Uint8Array } },
  ],
  [/report\.title must not be blank/, { report: { contentType: "application/pdf", bytes: pdf, title: " " } }],
  [
    /attachments\[0\]\.bytes are empty/,
    { attachments: [{ title: wrong, contentType: "image/png", bytes: new Uint8Array() }] },
  ],
  [/attachments\[0\]\.title must not be blank/, { attachments: [{ title: "", contentType: "image/png", bytes: pdf }] }],
  [/attachments\[0\]\.contentType/, { attachments: [{ title: wrong, contentType: "pdf", bytes: pdf }] }],
  [
    /^sections\[0\]\.people\.practitioners\[0\]\.sdsUserId must be twelve digits/,
    { sections: (parts) => [peopleSection(parts, { practitioners: [{ ...practitioner, sdsUserId: "1" }] })] },
  ],
  [
    /^sections\[0\]\.people\.organisations\[0\]\.odsCode must not be blank/,
    { sections: (parts) => [peopleSection(parts, { organisations: [{ odsCode: "", name: wrong }] })] },
  ],
  [
    /^sections\[0\]\.problems\[0\]\.actual leads to what is not in the document/,
    {
      sections: (parts) => {
        const allergies = allergySection(parts, [
          { code: penicillin, category: "medication", clinicalStatus: "active", recorded: day },
        ]);
        const actual = referenceToEntry(allergies, "AllergyIntolerance");
        const problem = { code: pain, significance: "minor", recorded: day, clinicalStatus: "active", actual } as const;
        return [problemSection(parts, [problem])];
      },
    },
  ],
];

test("a document that its own check would reject is refused, by the field and without its value", () => {
  for (const [why, changes] of refused) refuses(() => onlineConsultation(consultation(changes)), why);
});

test("a consultation summary is For Action, and of a confidential one the report alone is sent", () => {
  const confidential = { confidential: true, attachments: [] };
  refuses(
    () => consultationSummary(consultation({ recipientType: "FI" })),
    /^recipientType must be FA, For Action: it is a consultation summary \(GPCM-SD-CS-043\)/,
  );
  refuses(
    () => consultationSummary(consultation({ confidential: true })),
    /^attachments must be empty: of a confidential consultation summary the report alone is sent/,
  );
  refuses(
    () =>
      consultationSummary(consultation({ ...confidential, sections: (parts) => [locationSection(parts, [surgery])] })),
    /^sections must not be given with a confidential consultation summary/,
  );
  assert.ok(consultationSummary(consultation(confidential)));
});

test("a generic document has a name and a type of its own", () => {
  const type = { code: "371531000", display: "Report of clinical encounter" };
  const documents: readonly (readonly [
    why: RegExp,
    document: Partial<GenericDocumentInput["document"]>,
    generation?: 2,
  ])[] = [
    [/document\.name must not be blank/, { name: "" }],
    [/document\.name must be one line/, { name: `${wrong} ` }],
    [/ends in report/, { name: "Immunisation report" }],
    [/another use case/, { name: "Consultation" }],
    [/another use case/, { name: "Online consultation" }],
    [/^document\.type\.code must be a SNOMED CT identifier/, { type: { ...type, code: "371531001" } }],
    [
      /^document\.type\.code is none that Send Document 2 allows \(SCAL-GPCM-SD-115\)/,
      { type: { ...type, code: "27113001" } },
      2,
    ],
  ];
  for (const [why, changes, generation = 1] of documents) {
    const document = { name: "Immunisation", type, ...changes };
    refuses(() => genericDocument(genericInput({ document, generation })), why);
  }
});

test("a copy is refused what a document is", () => {
  const original = onlineConsultation(consultation());
  const copy = { now: new Date("2026-01-05T10:31:00Z"), recipientType: "FI" } as const;
  refuses(() => copyFor(original, { ...copy, headerId: `${wrong} 1` }), /headerId must be 1 to 64/);
  refuses(() => copyFor(original, { ...copy, now: new Date(Number.NaN) }), /now is no time/);
  refuses(
    () => copyFor(original, { ...copy, recipientMailbox: "GPPROVIDER_Zebra" }),
    /recipientMailbox names no mailbox/,
  );
});
