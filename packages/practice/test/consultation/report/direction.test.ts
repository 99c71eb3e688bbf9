import assert from "node:assert/strict";
import { test } from "node:test";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";
import { reportPdf } from "../../../src/consultation/report-pdf.ts";
import { consultation } from "../../support/consultations.ts";
import { sender } from "../../support/organisations.ts";
import { capitals, type DrawnLine, drawnLines, hebrew } from "./drawn-lines.ts";

// Capitals stand for Hebrew letters, and lines are given as the eye finds them, from left to right.

for (const [written, seen] of [
  ["HEBREK MILIM", "MILIM KERBEH"],
  ["in Hebrew: SHALOM OLAM (12 march 2026) end.", "in Hebrew: MALO MOLAHS (12 march 2026) end."],
  ["KAABIM. bp 120/80 NIMDAD.", ".DADMIN bp 120/80 .MIBAAK"],
  ["TRUFA: paracetamol 500 mg, PAAMAIM 2", "2 MIAMAAP ,paracetamol 500 mg :AFURT"],
  ["KEEB (GADOL) [MEOD]", "[DOEM] (LODAG) BEEK"],
  ["said (SHALOM) twice", "said (MOLAHS) twice"],
  ["TEMP 37.5, PULSE 72", "72 ESLUP ,37.5 PMET"],
] as const) {
  test(`a note "${written}" is drawn "${seen}", numbers and Latin words the right way round`, async () => {
    const lines = await noteLines(hebrew(written));
    assert.deepEqual(
      lines.map(({ text }) => capitals(text).trim()),
      [seen],
    );
  });
}

test("a long note from right to left goes on from line to line, each beginning at the right", async () => {
  const words = Array.from({ length: 40 }, (_, index) => hebrew(`MILA ${index}`));
  const lines = await noteLines(words.join(" "));
  assert.ok(lines.length >= 3);
  const ends = new Set(lines.map((line) => Math.round(line.right)));
  assert.equal(ends.size, 1, "the lines do not all begin at the same place on the right");
  const read = lines.map(({ text }) => capitals(text).trim().split(" ").toReversed().join(" ")).join(" ");
  assert.equal(read.replaceAll("ALIM", "MILA"), capitals(words.join(" ")));
});

test("a patient's name in Hebrew is drawn from right to left, beside its label", async () => {
  const { patient } = consultation();
  const name = { family: hebrew("KOHEN LEVI"), given: [hebrew("DAN")], prefix: "Mr" };
  const lines = await drawnLines(
    await reportPdf(consultation({ patient: { ...patient, name } }), { organisation: sender }),
  );
  const line = lines.find(({ text }) => text.includes("Patient Name")) ?? assert.fail("no name");
  assert.match(capitals(line.text), /^Patient Name: \(Mr\) NAD ,IVEL NEHOK\s*DOB/);
});

test("a part of an address keeps its number, and so does the part after it", async () => {
  const { patient } = consultation();
  const address = { lines: ["Flat 2", hebrew("DEREK 12"), "14 High Street"], postcode: "ZZ99 3CZ" };
  const lines = await drawnLines(
    await reportPdf(consultation({ patient: { ...patient, address } }), { organisation: sender }),
  );
  const shown = lines.map(({ text }) => capitals(text)).join("\n");
  assert.match(shown, /Flat 2, 12 KERED, 14 High Street, ZZ99 3CZ/);
});

test("Hebrew copied from the report is in reading order, with its numbers and Latin words", async () => {
  const texts = ["in Hebrew: SHALOM OLAM (12 march 2026) end.", "KAABIM. bp 120/80 NIMDAD."].map(hebrew);
  const pdf = await reportPdf(withNotes(texts), { organisation: sender });
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  await document.loadingTask.destroy();
  const copied = items.map((item) => ("str" in item ? item.str : "")).join("");
  for (const text of texts) assert.ok(copied.includes(text), `${text} is not in ${copied}`);
});

test("Arabic letters are joined: one letter has another shape at the start of a word than within it", async () => {
  const [line] = await noteLines("\u0645\u062D\u0645\u062F");
  // Drawn from the left: dal, meem within, hah, meem at the start.
  assert.equal(line?.text, "\u062F\u0645\u062D\u0645");
  assert.notEqual(line?.shapes[1], line?.shapes[3]);
});

test("a letter that is kept from joining is drawn apart, and what keeps it is not drawn", async () => {
  const [joined, apart] = await noteLines("\u0645\u06CC\u062E\n\u0645\u06CC\u200C\u062E");
  assert.equal(apart?.text, joined?.text);
  const [kept, before] = apart?.shapes ?? [];
  assert.notEqual(kept, joined?.shapes[0]);
  assert.notEqual(before, joined?.shapes[1]);
});

test("numbers in Persian digits keep their order", async () => {
  const [line] = await noteLines("\u0645\u06CC \u06F1\u06F2\u06F3 mg");
  assert.ok(line?.text.includes("\u06F1\u06F2\u06F3"), line?.text);
});

function withNotes(texts: readonly string[]): ReturnType<typeof consultation> {
  return consultation({
    sections: [{ title: "First", notes: texts.map((text) => ({ text })) }],
    followUpActions: [],
  });
}

/** The lines of a note, without the title beside its first. */
async function noteLines(text: string): Promise<DrawnLine[]> {
  const lines = await drawnLines(await reportPdf(withNotes([text]), { organisation: sender }));
  const first = lines.findIndex((line) => line.text.startsWith("First:"));
  const last = lines.findIndex((line) => line.text.startsWith("Confidential: personal data"));
  return lines.slice(first, last).map(({ text: all, shapes, left, right }) => {
    const words = all.replace("First:", "");
    return { text: words, shapes: shapes.slice(all.length - words.length), left, right };
  });
}
