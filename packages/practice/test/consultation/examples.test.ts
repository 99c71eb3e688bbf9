import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import patients from "../../../../examples/patients.json" with { type: "json" };
import { readConsultation } from "../../src/consultation/read-consultation.ts";

for (const [file, kind, contentType] of [
  ["consultation.json", "consultation-summary", "image/png"],
  ["online-consultation.json", "online-consultation", "image/jpeg"],
] as const) {
  test(`examples/${file} can be sent: a ${kind} of a patient in examples/patients.json, with its attachment`, async () => {
    const path = fileURLToPath(new URL(`../../../../examples/${file}`, import.meta.url));
    const { patient, ...consultation } = await readConsultation(path);

    assert.equal(consultation.kind, kind);
    assert.deepEqual(
      consultation.attachments.map((attachment) => attachment.contentType),
      [contentType],
    );
    const record = patients.patients.find(({ nhsNumber }) => nhsNumber === patient.nhsNumber);
    const { prefix, given, family } = record?.names[0] ?? {};
    assert.deepEqual(patient.name, { prefix, given, family });
    assert.equal(patient.dateOfBirth, record?.dateOfBirth);
    assert.equal(patient.registeredPractice?.odsCode, record?.practice?.odsCode);
    // Somewhere else than where the consultation took place: else there is nobody to report it to.
    assert.notEqual(consultation.organisation.odsCode, record?.practice?.odsCode);
  });
}
