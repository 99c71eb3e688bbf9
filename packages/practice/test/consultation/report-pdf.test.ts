import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNhsNumber, parseOdsCode } from "@restante/mesh";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Consultation, Note } from "../../src/consultation/consultation.ts";
import { reportPdf } from "../../src/consultation/report-pdf.ts";
import { onePixel, sampleJson } from "./sample.ts";

const clock = { now: () => new Date("2026-03-02T12:00:00Z") };
const organisation = {
  name: "Quay Surgery",
  phone: "01632960000",
  email: "quay@example.nhs.uk",
  address: { lines: ["1 Quay Street", "Otherton"], postcode: "ZZ99 3VZ" },
};
const amoxicillin = { system: "dm+d", code: "39732311000001104", display: "Amoxicillin 500mg capsules" } as const;

test(
  "a consultation report shows every field of the template",
  { tags: ["GPCM-SD-CS-005", "GPCM-SD-CS-016", "SCAL-GPCM-SD-090"] },
  async () => {
    const [page = ""] = await pagesOf(await reportPdf(sample(), { organisation, clock }));
    for (const words of [
      "CONSULTATION REPORT",
      "Version 1",
      "Number of related documents: 1",
      "Page 1 of 1",
      "Patient Name: WIŚNIEWSKA-O'NEILL, Zoë Łucja (Ms)",
      "DOB: 29-Feb-1984",
      "NHS No: 900 000 0009",
      "Home/Registered Address: Flat 2, 14 Harbour Street, Tŷ-coch, ZZ99 3VZ",
      "Current Address: 3 Mill Lane, Otherton, ZZ99 3CZ",
      "Tel No: 01632 960001",
      "Mobile No: 07700 900001",
      "Current Tel No: 01632 960002",
      "Clinician: Dr Łukasz Nowak, General practitioner",
      "Tel No: 01632 960000",
      "Email: quay@example.nhs.uk",
      "Branch Location: Quayside",
      "Organisation: Quay Surgery, 1 Quay Street, Otherton, ZZ99 3VZ",
      "Consultation Date: 02-Mar-2026 10:15",
      "Receiving GP Practice: Mill Lane Surgery",
      "CLINICAL NOTES",
      "Summary Reason: A patient recently consulted with a clinician at an organisation different to the GP practice that " +
        "they are registered with. The notes contained in this document are a summary of the consultation",
      "History: Cough for ten days. No fever.",
      "Acute bronchitis (disorder) (SNOMED CT 10509002)",
      "Follow-up Actions: Review in two weeks.",
    ]) {
      assert.ok(page.includes(words), `"${words}" is missing in: ${page}`);
    }
  },
);

test(
  "all that was entered is in the notes, under its titles and in its order: words, clinical and medicine codes",
  { tags: ["GPCM-SD-CS-001", "GPCM-SD-CS-002", "SCAL-GPCM-SD-087"] },
  async () => {
    const consultation = sample();
    consultation.sections = [
      {
        title: "Medication",
        notes: [{ text: "Amoxicillin 500mg", codes: [amoxicillin] }, { text: "three times a day" }],
      },
      { title: "Examination", notes: [{ text: "Chest:\nclear" }] },
      ...consultation.sections,
    ];
    const [page = ""] = await pagesOf(await reportPdf(consultation, { organisation, clock }));
    const words =
      "Medication: Amoxicillin 500mg Amoxicillin 500mg capsules (dm+d 39732311000001104) three times a day " +
      "Examination: Chest: clear History: Cough for ten days. No fever. " +
      "Diagnosis: Acute bronchitis Acute bronchitis (disorder) (SNOMED CT 10509002) " +
      "Follow-up Actions: Review in two weeks.";
    assert.ok(page.includes(words), page);
  },
);

test("a field that does not apply leaves no label behind", async () => {
  const consultation = sample();
  delete consultation.patient.temporary;
  delete consultation.organisation.branch;
  const [page = ""] = await pagesOf(await reportPdf(consultation, { organisation, clock }));
  assert.doesNotMatch(page, /Current Address|Current Tel No|Branch Location/);
});

test("the practice that the sender has found is shown rather than the one the consultation names", async () => {
  const pdf = await reportPdf(sample(), { organisation, receivingPractice: "New Mill Surgery", clock });
  const [page = ""] = await pagesOf(pdf);
  assert.match(page, /Receiving GP Practice: New Mill Surgery/);
  assert.doesNotMatch(page, /Mill Lane Surgery/);
});

test(
  "a confidential item is replaced by a text, once for each item",
  { tags: ["GPCM-SD-CS-009", "GPCM-SD-CS-010"] },
  async () => {
    const secret: Note = {
      text: "Stress at home",
      confidential: true,
      codes: [{ system: "SNOMED CT", code: "73595000", display: "Stress" }],
    };
    const consultation = { ...sample(), followUpActions: [secret] };
    consultation.sections = [{ title: "History", notes: [secret, { text: "Cough" }, secret] }];
    const [page = ""] = await pagesOf(await reportPdf(consultation, { organisation, clock }));
    assert.equal(page.match(/Confidential item/g)?.length, 3);
    assert.doesNotMatch(page, /Stress|73595000/);
    assert.match(page, /Cough/);
  },
);

test(
  "a confidential consultation's report says that it took place, and nothing of what or where",
  { tags: ["GPCM-SD-CS-008"] },
  async () => {
    const pdf = await reportPdf({ ...sample(), confidential: true }, { organisation, clock });
    const [page = ""] = await pagesOf(pdf);
    for (const words of [
      "The details of this consultation have been set as confidential",
      "WIŚNIEWSKA-O'NEILL, Zoë Łucja (Ms)",
      "NHS No: 900 000 0009",
      "Consultation Date: 02-Mar-2026 10:15",
      "Receiving GP Practice: Mill Lane Surgery",
      "Number of related documents: 0",
    ]) {
      assert.ok(page.includes(words), `"${words}" is missing in: ${page}`);
    }
    assert.doesNotMatch(
      page,
      /Nowak|Quay|01632 960000|example\.nhs\.uk|A patient recently|History|Diagnosis|bronchitis|Cough|Follow-up|Review/,
    );
  },
);

test("an online consultation's report says who wrote what and who it was sent to", async () => {
  const consultation: Consultation = {
    ...sample(),
    kind: "online-consultation",
    provider: { odsCode: parseOdsCode("FX9Z1"), name: "Quay Pharmacy" },
    sections: [{ title: "What is the problem?", notes: [{ text: "A sore throat." }], enteredBy: "patient" }],
  };
  const [page = ""] = await pagesOf(await reportPdf(consultation, { organisation, clock }));
  assert.match(page, /ONLINE CONSULTATION REPORT/);
  assert.match(page, /Submitted: 02-Mar-2026 10:15 Sent to: Quay Pharmacy Registered GP Practice: Mill Lane Surgery/);
  assert.match(page, /What is the problem\? Entered by the patient A sore throat\./);
  assert.doesNotMatch(page, /A patient recently consulted/);
});

test("long notes go on over as many pages as they need, losing nothing, each page naming patient and number", async () => {
  const notes = Array.from({ length: 120 }, (_, index) => ({
    text: `Note ${index} begins here. ${"and goes on ".repeat(12)}end ${index}.`,
  }));
  const consultation = { ...sample(), sections: [{ title: "History", notes }] };
  const pages = await pagesOf(await reportPdf(consultation, { organisation, clock }));
  assert.ok(pages.length >= 5);
  for (const [index, page] of pages.entries()) {
    assert.equal(page.match(new RegExp(`Page ${index + 1} of ${pages.length}`, "g"))?.length, 2);
    assert.match(page, /WIŚNIEWSKA-O'NEILL.*NHS No: 900 000 0009/);
    if (index > 0 && index < pages.length - 1) assert.match(page, /History \(continued\):/);
  }
  const all = pages.join(" ");
  for (const index of notes.keys()) {
    assert.ok(all.includes(`Note ${index} begins here.`) && all.includes(`end ${index}.`), `note ${index}`);
  }
});

test("a word longer than the page is wide is broken rather than cut off", async () => {
  const word = `https://example.org/${"0123456789".repeat(30)}`;
  const consultation = { ...sample(), sections: [{ title: "History", notes: [{ text: word }] }] };
  const [page = ""] = await pagesOf(await reportPdf(consultation, { organisation, clock }));
  assert.ok(page.replaceAll(" ", "").includes(word));
});

test("the same consultation at the same time makes the same bytes", async () => {
  const first = await reportPdf(sample(), { organisation, clock });
  const second = await reportPdf(sample(), { organisation, clock });
  assert.deepEqual(Buffer.from(first), Buffer.from(second));
});

test("a screen reader is told the headings of the report", async () => {
  const document = await getDocument({ data: new Uint8Array(await reportPdf(sample(), { organisation, clock })) })
    .promise;
  const tree = JSON.stringify(await (await document.getPage(1)).getStructTree());
  for (const role of ["H1", "H2", "H3", "P"]) assert.match(tree, new RegExp(`"role":"${role}"`));
  await document.loadingTask.destroy();
});

function sample(): Consultation {
  const json = sampleJson();
  return {
    ...json,
    kind: "consultation-summary",
    patient: {
      ...json.patient,
      nhsNumber: parseNhsNumber(json.patient.nhsNumber),
      phones: json.patient.phones ?? {},
      registeredPractice: { odsCode: parseOdsCode("X99002"), name: "Mill Lane Surgery" },
    },
    organisation: { ...json.organisation, odsCode: parseOdsCode(json.organisation.odsCode) },
    start: new Date("2026-03-02T10:15:00Z"),
    end: new Date("2026-03-02T10:27:00Z"),
    confidential: false,
    sections: [
      { title: "History", notes: [{ text: "Cough for ten days.\nNo fever." }] },
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
    followUpActions: [{ text: "Review in two weeks." }],
    attachments: [{ title: "Spirometry", contentType: "image/png", bytes: onePixel }],
  };
}

/** The text of each page, as a person who copies it gets it, with single spaces. */
async function pagesOf(pdf: Uint8Array): Promise<string[]> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent();
    const words = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? " " : "") : ""));
    pages.push(words.join("").replaceAll(/\s+/g, " "));
  }
  await document.loadingTask.destroy();
  return pages;
}
