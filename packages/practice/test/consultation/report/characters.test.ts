import assert from "node:assert/strict";
import { test } from "node:test";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { ConsultationFileError } from "../../../src/consultation/consultation-file-error.ts";
import type { Consultation } from "../../../src/consultation/consultation.ts";
import { reportPdf } from "../../../src/consultation/report-pdf.ts";
import { consultation } from "../../support/consultations.ts";
import { sender } from "../../support/organisations.ts";

for (const [kind, characters] of [
  [
    "ticks and boxes",
    "\u2713 \u2714 \u2717 \u2718 \u2610 \u2611 \u2612 \u2715 \u2716 \u25CF \u25CB \u25A1 \u25A0 \u2605",
  ],
  ["arrows", "\u2190 \u2191 \u2192 \u2193 \u2194 \u21D2 \u27A1 \u2794 \u25B6"],
  [
    "measures",
    "\u00B5g 37.5\u00B0 \u2103 \u00BD \u2153 \u00BE \u2265 \u2264 \u2248 \u2260 \u00B1 \u2212 \u00D7 \u2030 SpO\u2082 m\u00B2 10\u2079",
  ],
  ["mathematics", "\u2205 \u221D \u223C \u2295 \u2211 \u221A"],
  ["punctuation", "\u2022 \u2023 \u2013 \u2014 \u2018a\u2019 \u201Cb\u201D \u2026 \u2032 \u2033 \u2011"],
  ["pictures", "\u{1F600} \u{1F44D} \u2764 \u26A0 \u2705 \u274C \u{1F534}"],
  ["Polish", "Zażółć gęślą jaźń"],
  ["Vietnamese", "Nguyễn Thị Hường"],
  ["Welsh", "Tŷ-coch Llŷn ŵ"],
  ["Greek", "Γιώργος"],
  ["Cyrillic", "Щукин Їжак"],
  ["Yoruba", "Ọ̀ṣun ẹ̀kọ́"],
] as const) {
  test(`${kind} are shown in the report`, async () => {
    const shown = await copied(await reportPdf(withNote(characters), { organisation: sender }));
    assert.ok(shown.includes(characters.normalize("NFC").replaceAll(/\s+/g, "")), `${characters} is not in ${shown}`);
    assert.ok(!shown.includes("\u0000"), "a box stands for a missing character");
  });
}

test("letters and accents that came apart are shown as one, as in a name written by a Mac", async () => {
  const shown = await copied(await reportPdf(withNote("Zoe\u0308 Łucja S\u0301liwa"), { organisation: sender }));
  assert.ok(shown.includes("Zo\u00EB\u0141ucja\u015Aliwa"), shown);
});

test("what is not seen leaves no mark: soft hyphens, joiners, marks of order, signs of a file's beginning", async () => {
  const text = "\uFEFFhyper\u00ADtension\u200B and\u2060 un\u200Dseen\uFE0F \u200Eend\u200C";
  const shown = await copied(await reportPdf(withNote(text), { organisation: sender }));
  assert.ok(shown.includes("History:hypertensionandunseenend"), shown);
});

test("every kind of line break breaks a line, and every kind of space parts two words", async () => {
  const text = "one\r\ntwo\u2028three\u2029four\tfive\u2003six\u202Fseven\u3000eight\u00A0nine";
  const document = await getDocument({
    data: new Uint8Array(await reportPdf(withNote(text), { organisation: sender })),
    verbosity: 0,
  }).promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  await document.loadingTask.destroy();
  const words = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
  assert.match(words, /one\s*\ntwo\s*\nthree\s*\nfour +five six\sseven eight\snine/);
});

test("a character that is drawn like another of an earlier report is copied as itself", async () => {
  for (const words of ["a\u2011b", "c-d"]) {
    const shown = await copied(await reportPdf(withNote(words), { organisation: sender }));
    assert.ok(shown.includes(words), `${words} is not in ${shown}`);
  }
});

test("a character that no font has is told with its field, its code and its place, and nothing is made", async () => {
  const texts = ["Ł \u4E2D\u6587 \u4E2D", "\u{1F600} ok", "\u0995 \u0996 \u0997 \u0998 \u0999 \u099A \u099B"];
  const { code, problems } = await refusal({
    ...consultation({ sections: [{ title: "History", notes: texts.map((text) => ({ text })) }] }),
  });
  assert.equal(code, "consultation-invalid");
  assert.deepEqual(problems, [
    {
      pointer: "/sections/0/notes/0",
      problem:
        "cannot be shown in the report: no font has U+4E2D, U+6587 (first as character 3); " +
        "write it in other letters, or attach it as a picture or a PDF",
    },
    {
      pointer: "/sections/0/notes/2",
      problem:
        "cannot be shown in the report: no font has U+0995, U+0996, U+0997, U+0998, U+0999 and 2 more " +
        "(first as character 1); write it in other letters, or attach it as a picture or a PDF",
    },
  ]);
});

test("every text that the report shows is looked at, and what it leaves out as confidential is not", async () => {
  const secret = { text: "\u4E2D", confidential: true };
  const all = everywhere("\u4E2D", { ...sections, followUpActions: [{ text: "\u4E2D" }, secret] });
  const { problems } = await refusal(all);
  assert.deepEqual(problems.map(({ pointer }) => pointer).toSorted(), [
    "/followUpActions/0",
    "/organisation/branch",
    "/patient/address/lines/0",
    "/patient/address/postcode",
    "/patient/name/family",
    "/patient/name/given/0",
    "/patient/name/prefix",
    "/patient/phones/home",
    "/patient/phones/mobile",
    "/patient/registeredPractice/name",
    "/patient/temporary/address/lines/0",
    "/patient/temporary/phone",
    "/practitioner/name/family",
    "/practitioner/name/given/0",
    "/practitioner/name/prefix",
    "/practitioner/role",
    "/provider/name",
    "/sections/0/notes/0",
    "/sections/0/notes/0/codes/0/display",
    "/sections/0/title",
  ]);
  const hidden = { ...withNote("\u4E2D"), confidential: true, followUpActions: [{ text: "\u4E2D" }] };
  await reportPdf(hidden, { organisation: sender });
});

test("a name of the organisation that no font has is told as the organisation's", async () => {
  const error = await reportPdf(consultation(), { organisation: { ...sender, name: "\u4E2D" } }).catch(
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConsultationFileError);
  assert.match(error.message, /the organisation's name cannot be shown in the report: no font has U\+4E2D/);
});

const sections = {
  sections: [
    {
      title: "\u4E2D",
      notes: [
        { text: "\u4E2D", codes: [{ system: "SNOMED CT", code: "10509002", display: "\u4E2D" }] },
        { text: "\u4E2D", confidential: true },
      ],
    },
  ],
} satisfies Pick<Consultation, "sections">;

/** A consultation with this text wherever a text can be. */
function everywhere(text: string, changes: Pick<Consultation, "sections" | "followUpActions">): Consultation {
  const some = consultation();
  const name = { family: text, given: [text], prefix: text };
  const address = { lines: [text], postcode: text };
  return {
    ...some,
    ...changes,
    kind: "online-consultation",
    provider: { odsCode: sender.odsCode, name: text },
    patient: {
      ...some.patient,
      name,
      address,
      phones: { home: text, mobile: text },
      temporary: { address: { lines: [text] }, phone: text },
      registeredPractice: { odsCode: sender.odsCode, name: text },
    },
    practitioner: { ...some.practitioner, name, role: text },
    organisation: { ...some.organisation, branch: text },
    attachments: [],
  };
}

function withNote(text: string): ReturnType<typeof consultation> {
  return consultation({ sections: [{ title: "History", notes: [{ text }] }] });
}

async function refusal(of: Consultation): Promise<ConsultationFileError> {
  const error = await reportPdf(of, { organisation: sender }).then(
    () => assert.fail("a report was made"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConsultationFileError, String(error));
  return error;
}

/** The text of the first page without its spaces, as a person who copies it gets it. */
async function copied(pdf: Uint8Array): Promise<string> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const { items } = await (await document.getPage(1)).getTextContent({ disableNormalization: true });
  await document.loadingTask.destroy();
  return items
    .map((item) => ("str" in item ? item.str : ""))
    .join("")
    .replaceAll(/\s+/g, "");
}
