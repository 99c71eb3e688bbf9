import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Rule } from "../../../../src/check/rule.ts";
import { rules } from "../../../../src/check/rules.ts";
import {
  demand,
  generic,
  has,
  hasEach,
  isCoded,
  isConcept,
  isOneOf,
  lacks,
  should,
} from "../../../../src/check/rules/clinical/demand.ts";
import { eachLeadsTo, isThePatient, leadsOnlyTo, leadsTo } from "../../../../src/check/rules/clinical/references.ts";
import { systems } from "../../../../src/names.ts";

const folder = fileURLToPath(new URL("../../../../src/check/rules/clinical/", import.meta.url));

/** Every rule of the clinical resources. */
async function clinicalRules(): Promise<Rule[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const modules = await Promise.all(
    files.map(async (name) => (await import(`${folder}${name}`)) as Record<string, unknown>),
  );
  return modules.flatMap((module) =>
    Object.values(module).flatMap((exported) => (Array.isArray(exported) ? (exported as Rule[]) : [])),
  );
}

test("every rule of the clinical resources is one of the rules of the check", async () => {
  const clinical = await clinicalRules();
  assert.ok(clinical.length > 200);
  for (const rule of clinical) assert.ok(rules.includes(rule), rule.requirement);
});

test("the sentences of a rule are written for people, paths too", async () => {
  for (const { requirement = "", text } of await clinicalRules()) {
    assert.doesNotMatch(`${requirement} ${text}`, /\[x\]|extension:|\.\.|undefined/);
  }
});

test("no two rules with one number say the same of what is wrong", async () => {
  const said = (await clinicalRules()).map(({ numbers, text }) => `${JSON.stringify(numbers)} ${text}`);
  assert.deepEqual(
    said.filter((line, index) => said.indexOf(line) !== index),
    [],
  );
});

test("a demand tells what is asked of which resources, and what is wrong", () => {
  const stopped = { when: { said: "is stopped", holds: () => true } };
  const path = "extension:StatusReason.extension:statusChangeDate.value[x]";
  const date = "extension(StatusReason).extension(statusChangeDate).value";
  const number = generic("153");
  const sentences = [
    has(number, "MedicationRequest", path, stopped),
    lacks(number, "MedicationRequest", "basedOn", { ...should, ...stopped }),
    hasEach(number, "Specimen", "collection", "quantity", should),
    isOneOf(number, "Task", "intent", ["proposal", "plan", "order"]),
    isCoded(number, "List", "code", { system: systems.snomed, code: "826501000000100" }),
    isConcept(number, "Medication", "code"),
    leadsTo(number, "Encounter", "participant.individual", ["Practitioner", "RelatedPerson"], should),
    isThePatient(number, "Task", "for", should),
    has(number, "Observation", "issued"),
    lacks(number, "Task", "input"),
    eachLeadsTo(number, "Specimen", "collection", "collector", ["Practitioner"]),
    leadsOnlyTo(number, "DiagnosticReport", "basedOn", ["ProcedureRequest"], should),
    leadsTo(number, "Task", "owner", "any resource", should),
    demand(number, "Encounter", undefined, { asked: "be done", wrong: "An Encounter is not done." }, () => true),
    demand(number, "Task", "for", { of: "Every Task", asked: "be done", wrong: "A Task is not done." }, () => true),
  ].map(({ requirement, text }) => [requirement, text]);
  assert.deepEqual(sentences, [
    [
      `Where a MedicationRequest is stopped, MedicationRequest.${date} must be there.`,
      `The MedicationRequest is stopped, and MedicationRequest.${date} is missing.`,
    ],
    [
      "Where a MedicationRequest is stopped, MedicationRequest.basedOn should not be there.",
      "The MedicationRequest is stopped, and MedicationRequest.basedOn is there.",
    ],
    ["In every Specimen.collection, quantity should be there.", "In a Specimen.collection, quantity is missing."],
    ["Task.intent must be proposal, plan or order.", "Task.intent is missing, or not proposal, plan or order."],
    ["List.code must hold the SNOMED CT code 826501000000100.", "List.code lacks the SNOMED CT code 826501000000100."],
    ["Medication.code must hold a code or a text.", "Medication.code holds neither a code nor a text."],
    [
      "Encounter.participant.individual should lead to a Practitioner or a RelatedPerson in the document.",
      "Encounter.participant.individual does not lead to a Practitioner or a RelatedPerson in the document.",
    ],
    ["Task.for should lead to the Patient of the document.", "Task.for does not lead to the Patient of the document."],
    ["Observation.issued must be there.", "Observation.issued is missing."],
    ["Task.input must not be there.", "Task.input is there."],
    [
      "In every Specimen.collection, collector must lead to a Practitioner in the document.",
      "In a Specimen.collection, collector does not lead to a Practitioner in the document.",
    ],
    [
      "DiagnosticReport.basedOn should lead to nothing but a ProcedureRequest.",
      "DiagnosticReport.basedOn leads to something other than a ProcedureRequest.",
    ],
    [
      "Task.owner should lead to a resource in the document.",
      "Task.owner does not lead to a resource in the document.",
    ],
    ["An Encounter must be done.", "An Encounter is not done."],
    ["Every Task must be done.", "A Task is not done."],
  ]);
});
