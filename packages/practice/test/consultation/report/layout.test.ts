import assert from "node:assert/strict";
import { before, test } from "node:test";
import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import { reportPdf } from "../../../src/consultation/report-pdf.ts";
import { consultation } from "../../support/consultations.ts";
import { sender } from "../../support/organisations.ts";

// The first page of a drawn report, measured: by what pdf.js finds where, in points.

interface Line {
  text: string;
  font: string;
  size: number;
  left: number;
  /** From the bottom of the page. */
  base: number;
}

interface Band {
  colour: string;
  left: number;
  right: number;
}

const sections = [
  { title: "History", notes: [{ text: `Cough for ten days ${"and on ".repeat(40)}` }] },
  { title: "Examination of the ears, nose and throat", notes: [{ text: "Ears clear." }, { text: "Throat red." }] },
  { title: "Diagnosis", notes: [{ text: "Bronchitis" }] },
];
const titles = ["Summary Reason:", "History:", "Examination of the ears,", "Diagnosis:"];

let lines: Line[] = [];
let bands: Band[] = [];

before(async () => ({ lines, bands } = await firstPage(consultation({ sections }))));

test("the blocks of a report follow one another down the page as in the template", { tags: ["GPCM-SD-CS-005"] }, () => {
  const blocks = [
    "CONSULTATION REPORT",
    "Version 1",
    "Patient Name:",
    "Consulting Organisation",
    "Clinician:",
    "Organisation:",
    "Consultation Date:",
    "CLINICAL NOTES",
    ...titles,
  ];
  const places = blocks.map((text) => lineOf(text).base);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => b - a),
  );
  // What the template has side by side is on one line.
  for (const beside of [
    ["Version 1", "Number of related documents: 1", "Page 1 of 1"],
    ["DOB:", "NHS No:"],
    ["Consultation Date:", "Receiving GP Practice:"],
  ]) {
    assert.equal(new Set(beside.map((text) => lineOf(text).base)).size, 1, String(beside));
  }
});

test("the title of each section of the notes is bold, and its notes are not", { tags: ["GPCM-SD-CS-011"] }, () => {
  for (const title of titles) assert.match(lineOf(title).font, /Bold/);
  for (const note of ["Cough for ten days", "Ears clear.", "Throat red.", "Bronchitis"]) {
    assert.doesNotMatch(lineOf(note).font, /Bold/);
  }
});

test("an empty line stands between a section of the notes and the next", { tags: ["GPCM-SD-CS-012"] }, () => {
  const history = lines.filter(({ text }) => /and on/.test(text));
  const [first, second] = history;
  assert.ok(first && second);
  const height = first.base - second.base;
  for (const [last, next] of [
    [history.at(-1), "Examination of the ears,"],
    [lineOf("Throat red."), "Diagnosis:"],
  ] as const) {
    assert.ok((last?.base ?? 0) - lineOf(next).base >= 2 * height);
  }
});

test(
  "the titles of all sections begin at one place and their notes at another, though a title be wrapped",
  { tags: ["GPCM-SD-CS-013"] },
  () => {
    const inNotes = lines.filter(({ base }) => base <= lineOf("Summary Reason:").base && base > 100);
    const [titlesAt, notesAt, ...others] = [...new Set(inNotes.map(({ left }) => left))].toSorted((a, b) => a - b);
    assert.deepEqual(others, []);
    for (const title of [...titles, "nose and throat:"]) assert.equal(lineOf(title).left, titlesAt);
    for (const note of ["Cough for ten days", "Ears clear.", "Bronchitis"]) assert.equal(lineOf(note).left, notesAt);
    assert.equal(lineOf("Ears clear.").base, lineOf("Examination of the ears,").base);
  },
);

test(
  "the patient's name is larger than every other field, and smaller only where it would take too much room",
  { tags: ["GPCM-SD-CS-014"] },
  async () => {
    const name = lineOf("O'NEILL, Siobhán (Mrs)");
    const fields = lines.filter(({ text, base }) => base <= name.base && base > 100 && text !== name.text);
    assert.ok(fields.length > 20);
    for (const { text, size } of fields.filter(({ text }) => text !== "CLINICAL NOTES")) {
      assert.ok(size < name.size, text);
    }
    const { patient } = consultation();
    const given = Array.from({ length: 12 }, (_, index) => `Maximiliana${index}`);
    const long = await firstPage(consultation({ patient: { ...patient, name: { ...patient.name, given } } }));
    const wrapped = long.lines.find(({ text }) => text.startsWith("O'NEILL"));
    assert.ok(wrapped && wrapped.size < name.size && wrapped.size > lineOf("NHS No:").size);
  },
);

test(
  "the heads of the report and of its notes stand on NHS Blue, what is between on NHS Light Blue",
  { tags: ["GPCM-SD-CS-015"] },
  () => {
    assert.deepEqual(
      bands.map(({ colour }) => colour),
      ["#005eb8", "#41b6e6", "#005eb8"],
    );
    for (const { left, right } of bands) assert.deepEqual([left, Math.round(right)], [36, 559]);
  },
);

function lineOf(start: string): Line {
  return lines.find(({ text }) => text.startsWith(start)) ?? assert.fail(`"${start}" is not on the page`);
}

async function firstPage(of: ReturnType<typeof consultation>): Promise<{ lines: Line[]; bands: Band[] }> {
  const data = new Uint8Array(await reportPdf(of, { organisation: sender }));
  const document = await getDocument({ data, verbosity: 0, fontExtraProperties: true }).promise;
  const page = await document.getPage(1);
  const { fnArray, argsArray } = await page.getOperatorList();
  const { items } = await page.getTextContent();
  const written = items.flatMap((item): Line[] => {
    if (!("str" in item) || item.str.trim() === "") return [];
    const [size, , , , left, base] = item.transform as number[];
    const { name } = page.commonObjs.get(item.fontName) as { name: string };
    return [{ text: item.str, font: name, size: size ?? 0, left: left ?? 0, base: Math.round((base ?? 0) * 10) / 10 }];
  });
  let colour = "";
  const filled = fnArray.flatMap((operation, index): Band[] => {
    const args = argsArray[index] as unknown[];
    if (operation === OPS.setFillRGBColor) colour = String(args[0]);
    if (operation !== OPS.constructPath || args[0] !== OPS.fill) return [];
    const [left = 0, , right = 0] = Array.from(args[2] as ArrayLike<number>);
    return [{ colour, left, right }];
  });
  await document.loadingTask.destroy();
  return { lines: written, bands: filled };
}
