import assert from "node:assert/strict";
import { test } from "node:test";
import { check, readMessage } from "@restante/itk3";
import { publishedExamples, withoutReference } from "../reference.ts";

/** What the published examples of GP Connect 1.6.0 break: facts about them, not exceptions in the check. */
const recorded: Readonly<Record<string, readonly string[]>> = {
  "consultation_report.xml": [
    "error GPCM-SD-CS-020",
    "error GPCM-SD-CS-023",
    "error GPCM-SD-CS-039",
    "error GPCM-SD-CS-048",
    "warning GPCM-SD-007",
    "warning STU3:wrong-order",
  ],
  "oc_consultation_report.xml": [
    "error GPCM-SD-032",
    "error GPCM-SD-OC-006",
    "error GPCM-SD-OC-017",
    "error GPCM-SD-OC-147",
    "error ITK-Document-Bundle-1:entry.fullUrl",
    "warning FHIR:fullUrl.uuid",
    "warning FHIR:section",
    "warning GPCM-SD-008",
    "warning GPCM-SD-OC-036",
    "warning GPCM-SD-OC-037",
    "warning GPCM-SD-OC-039",
    "warning GPCM-SD-OC-053",
    "warning STU3:wrong-order",
    "warning Send-Document:sender",
  ],
  "response-10001.xml": ["error FHIR:reference", "error GPCM-SD-042", "error GPCM-SD-CS-057"],
  "response-20006.xml": ["error GPCM-SD-042", "error GPCM-SD-CS-057"],
  "response-20013.xml": ["error GPCM-SD-CS-057"],
  "response-30001.xml": ["error GPCM-SD-CS-055", "error GPCM-SD-CS-057"],
  "response-30002.xml": ["error GPCM-SD-042", "error GPCM-SD-CS-055", "error GPCM-SD-CS-057"],
};

test("what the check says of the published examples is what is recorded here", { skip: withoutReference }, () => {
  const found = publishedExamples().map(({ name, bytes }) => {
    const { findings, acceptable } = check(readMessage(bytes));
    assert.equal(acceptable, true, name);
    return [name, [...new Set(findings.map(({ severity, id }) => `${severity} ${id}`))].toSorted()];
  });
  assert.deepEqual(Object.fromEntries(found), recorded);
});
