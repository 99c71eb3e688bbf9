import assert from "node:assert/strict";
import { test } from "node:test";
import { check, consultationSummary, messageOf, type stu3 } from "@restante/itk3";
import { consultation } from "../consultation.ts";

const careConnect =
  "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-NHSNumberVerificationStatus-1";
const gpConnect =
  "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1";
const firstSystem = "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1";
const secondSystem = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1";

const status = (url: string, ...coding: stu3.Coding[]): stu3.Extension => ({ url, valueCodeableConcept: { coding } });

/** What is found of a valid message whose NHS number has these extensions; the patient without an address, or with. */
function found(extension: stu3.Extension[], withAddress = true): string[] {
  const message = messageOf(consultationSummary(consultation()).bundle);
  const { patient } = message ?? {};
  assert.ok(message && patient?.identifier?.[0]);
  if (extension.length > 0) patient.identifier[0].extension = extension;
  else delete (patient.identifier[0] as Partial<stu3.Identifier>).extension;
  if (!withAddress) delete (patient as Partial<stu3.Patient>).address;
  return check(message).findings.map(({ id }) => id);
}

test("the verification status of an NHS number is read by the extension and code system of CareConnect and of CareConnect-GPC", () => {
  for (const url of [careConnect, gpConnect]) {
    for (const system of [firstSystem, secondSystem]) {
      assert.deepEqual(found([status(url, { system, code: "01" })]), []);
      assert.deepEqual(found([status(url, { system: "urn:x", code: "y" }, { system, code: "01" })]), []);
    }
  }
  assert.deepEqual(
    found([
      status(careConnect, { system: firstSystem, code: "01" }),
      status(gpConnect, { system: secondSystem, code: "01" }),
    ]),
    [],
  );
});

test("an NHS number without a verification status, by whichever name, is found once and as that", () => {
  const other = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-Other-1";
  for (const extensions of [
    [],
    [status(other, { system: firstSystem, code: "01" })],
    [status(gpConnect, { system: secondSystem })],
    [{ url: gpConnect, valueCodeableConcept: { text: "verified" } }],
  ]) {
    assert.deepEqual(found(extensions), ["FHIR-PDS-10"]);
  }
});

test("a verification status of another code system, or none of its codes, is there and is wrong", () => {
  for (const url of [careConnect, gpConnect]) {
    assert.deepEqual(found([status(url, { system: "urn:x", code: "01" })]), [
      "CareConnect-NHSNumberVerificationStatus-1:system",
    ]);
    for (const system of [firstSystem, secondSystem]) {
      assert.deepEqual(found([status(url, { system, code: "09" })]), ["CareConnect-NHSNumberVerificationStatus-1"]);
    }
  }
});

test("a number that CareConnect-GPC's extension calls unverified wants the patient's address, and a verified one does not", () => {
  const extension = (code: string): stu3.Extension[] => [status(gpConnect, { system: secondSystem, code })];
  assert.deepEqual(found(extension("02"), false), ["FHIR-PDS-02"]);
  assert.deepEqual(found(extension("02")), []);
  assert.deepEqual(found(extension("01"), false), []);
});
