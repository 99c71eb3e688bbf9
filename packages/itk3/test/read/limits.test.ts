import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  observationSection,
  onlineConsultation,
  readMessage,
  recommendedMaxBytes,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";

const most = recommendedMaxBytes / 16;
const { bundle } = onlineConsultation(consultation());
const xml = writeXml(bundle);
const json = writeJson(bundle);

/** So many elements in all, nearly all of them empty. */
function emptyElements(count: number): Buffer {
  const more = count - (xml.match(/<[A-Za-z]/g)?.length ?? 0);
  return Buffer.from(xml.replace('<type value="document"/>', (found) => found + "<entry/>".repeat(more)));
}

for (const [what, bytes] of [
  ["elements", emptyElements(most + 1)],
  ["JSON values", Buffer.from(json.replace('"entry": [', (found) => found + "{},".repeat(most)))],
] as const) {
  test(`a message of more than 327,680 ${what} is refused whole, and answered like one that is too large`, () => {
    const read = readMessage(bytes);
    assert.equal(read.message, undefined);
    assert.deepEqual(
      read.issues.slice(-1).map(({ code, location }) => ({ code, location })),
      [{ code: "too-many-elements", location: "" }],
    );
    const { findings, negative } = check(read);
    assert.match(findings.at(-1)?.requirement ?? "", /327,680 of 5 MB/);
    assert.deepEqual([negative?.code, negative?.issueCode], ["20015", "processing"]);
  });
}

test("a message of 327,680 elements is read, and its findings are listed", () => {
  const read = readMessage(emptyElements(most));
  assert.ok(read.message);
  assert.ok(check(read).findings.some(({ text }) => /in \d{6} places/.test(text)));
});

test("a receiver that takes more bytes takes more elements", () => {
  assert.ok(readMessage(emptyElements(most + 1), { maxBytes: 2 * recommendedMaxBytes }).message);
});

test("5 MB of clinical entries, without a space between them, are read in XML and in JSON", () => {
  const issued = "2026-01-05T10:00:00+00:00";
  const code = { code: "27113001", display: "Body weight" };
  const category = { code: "vital-signs", display: "Vital Signs" };
  const value = { value: "85.0", unit: "kg", ucum: "kg" };
  const observations = Array.from({ length: 3700 }, () => ({ code, issued, value, category }));
  const full = onlineConsultation({
    ...consultation(),
    sections: (parts) => [observationSection(parts, observations)],
  }).bundle;
  const dense = [writeXml(full).replaceAll(/\n\s*/g, ""), writeJson(full).replaceAll(/\n\s*/g, "")];
  for (const bytes of dense.map((text) => Buffer.from(text))) {
    assert.ok(bytes.length > 0.6 * recommendedMaxBytes && bytes.length < recommendedMaxBytes);
    const { message, issues } = readMessage(bytes);
    assert.deepEqual(issues, []);
    assert.deepEqual(message?.bundle, full);
  }
});
