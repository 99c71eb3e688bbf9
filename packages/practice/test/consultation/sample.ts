import type { ConsultationJson } from "../../src/consultation/consultation-json.ts";

/** The smallest PNG there is: one pixel. */
export const onePixel: Uint8Array = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A consultation file with everything that one can have, and nothing wrong. */
export function sampleJson(): ConsultationJson {
  return {
    kind: "consultation-summary",
    id: "b3f7e1c2-0001",
    version: 1,
    patient: {
      nhsNumber: "900 000 0009",
      name: { family: "Wiśniewska-O'Neill", given: ["Zoë", "Łucja"], prefix: "Ms" },
      dateOfBirth: "1984-02-29",
      gender: "female",
      address: { lines: ["Flat 2", "14 Harbour Street", "Tŷ-coch"], postcode: "ZZ99 3VZ" },
      phones: { home: "01632 960001", mobile: "07700 900001" },
      temporary: { address: { lines: ["3 Mill Lane", "Otherton"], postcode: "ZZ99 3CZ" }, phone: "01632 960002" },
      registeredPractice: { odsCode: "X99002", name: "Mill Lane Surgery" },
    },
    practitioner: {
      sdsUserId: "555000111222",
      name: { family: "Nowak", given: ["Łukasz"], prefix: "Dr" },
      role: "General practitioner",
      phone: "01632 960003",
    },
    organisation: { odsCode: "X99001", branch: "Quayside" },
    start: "2026-03-02T10:15:00+00:00",
    end: "2026-03-02T10:27:00+00:00",
    sections: [
      { title: "History", notes: ["Cough for ten days.\nNo fever.", { text: "Stress at home", confidential: true }] },
      {
        title: "Diagnosis",
        notes: [
          {
            text: "Acute bronchitis",
            codes: [{ system: "SNOMED CT", code: "10509002", display: "Acute bronchitis (disorder)" }],
          },
        ],
      },
    ],
    followUpActions: ["Review in two weeks."],
    attachments: [{ file: "spirometry.png", title: "Spirometry" }],
  };
}
