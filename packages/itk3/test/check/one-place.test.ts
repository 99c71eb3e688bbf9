import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, consultationSummary, type Finding, readMessage, writeJson } from "@restante/itk3";
import { besideReading, oncePerPlace } from "../../src/check/one-place.ts";
import type { Issue, IssueCode } from "../../src/issue.ts";
import { consultation } from "../consultation.ts";

const patient = "Bundle.entry[2].resource.entry[6].resource";

function finding(id: string, location: string, severity: Finding["severity"] = "error"): Finding {
  return { id, severity, location, requirement: "", text: "" };
}

const issue = (code: IssueCode, location: string, severity: Issue["severity"] = "error"): Issue => ({
  code,
  severity,
  location,
  text: "",
});

const left = (issues: readonly Issue[], ...findings: Finding[]): string[] =>
  besideReading(findings, issues).map(({ id }) => id);

const kept = (...findings: Finding[]): string[] => oncePerPlace(findings).map(({ id }) => id);

test("what reading left out is not told to be missing", () => {
  const value = issue("bad-value", `${patient}.identifier[0].value`);
  assert.deepEqual(left([value], finding("GPCM-SD-CS-039", `${patient}.identifier`)), []);
  assert.deepEqual(left([value], finding("CareConnect-Patient-1:identifier.value", value.location)), []);
  const whole = issue("missing-element", "Bundle.entry[0].resource.event");
  assert.deepEqual(left([whole], finding("GPCM-SD-CS-051", `${whole.location}.code`)), []);
  const choice = issue("missing-element", `${patient}.extension[0].value`);
  assert.deepEqual(left([choice], finding("GPCM-SD-GE-150", `${patient}.extension[0].valueString`)), []);
});

test("a rule is heard beside what reading told of another place, of the resource, or as a warning", () => {
  const value = issue("bad-value", `${patient}.identifier[0].value`);
  const other = finding("GPCM-SD-CS-040", `${patient}.name`);
  const whole = finding("GPCM-SD-CS-023", patient);
  const envelope = finding("GPCM-SD-CS-042", "envelope.to");
  assert.equal(left([value], other, whole, envelope).length, 3);
  const same = finding("GPCM-SD-CS-039", value.location);
  assert.equal(left([issue("wrong-order", value.location, "warning")], same).length, 1);
  assert.equal(left([issue("unexpected-text", value.location)], same).length, 1);
});

test("an invariant of a resource that lost a value is not told; another rule of the resource is", () => {
  const value = issue("bad-value", `${patient}.notGiven`);
  assert.deepEqual(left([value], finding("FHIR:imm-2", patient), finding("GPCM-SD-028", patient)), ["GPCM-SD-028"]);
});

test("of what stands for a resource and is none, that its entry has no resource is not told too", () => {
  const valid = writeJson(consultationSummary(consultation()).bundle);
  const patientOf = /"resource":\{"resourceType":"Patient"/;
  for (const other of ['"resource":{"resourceTyp":"Patient"', '"resource":null,"x":{"y":1']) {
    const text = JSON.stringify(JSON.parse(valid)).replace(patientOf, other);
    const found = check(readMessage(Buffer.from(text))).findings;
    const of = found.filter(({ location }) => location.endsWith(".resource"));
    assert.deepEqual(
      of.map(({ id }) => id),
      ["STU3:unknown-resource"],
      text.slice(text.indexOf(other), 60),
    );
  }
  assert.deepEqual(left([issue("unknown-resource", patient)], finding("GPCM-SD-028", `${patient}.id`)), [
    "GPCM-SD-028",
  ]);
  const gone = finding("ITK-Document-Bundle-1:entry.resource", patient);
  assert.deepEqual(left([issue("unknown-resource", patient, "warning")], gone), [gone.id]);
});

test("in one place the requirement of the use case is told, then the profile's, then FHIR's", () => {
  const place = `${patient}.name`;
  const own = finding("CareConnect-Patient-1:name", place);
  const fhir = finding("FHIR:ref-1", place);
  assert.deepEqual(kept(fhir, own, finding("GPCM-SD-CS-040", place)), ["GPCM-SD-CS-040"]);
  assert.deepEqual(kept(fhir, own), [own.id]);
  assert.deepEqual(
    kept(finding("FHIR:ext-1", `${place}[0].extension[0].value`), finding("SCAL-GPCM-SD-035", `${place}[0]`)),
    ["SCAL-GPCM-SD-035"],
  );
});

test("two requirements of one place, and two resources, are told each", () => {
  assert.equal(
    kept(finding("GPCM-SD-CS-040", `${patient}.name`), finding("GPCM-SD-CS-041", `${patient}.name`)).length,
    2,
  );
  assert.equal(kept(finding("GPCM-SD-028", patient), finding("FHIR:dom-2", patient)).length, 2);
  assert.equal(
    kept(
      finding("GPCM-SD-032", "Bundle.entry[0].resource.section"),
      finding("FHIR:reference", "Bundle.entry[0].resource.section[1].entry[0].reference"),
    ).length,
    2,
  );
});

test("a warning of a place with an error in it is not told, and one beside it is", () => {
  const wish = finding("GPCM-SD-CS-038", `${patient}.telecom`, "warning");
  assert.deepEqual(kept(wish, finding("FHIR:cpt-2", `${patient}.telecom[0]`)), ["FHIR:cpt-2"]);
  assert.equal(kept(wish, finding("FHIR:cpt-2", `${patient}.contact[0].telecom[0]`)).length, 2);
});
