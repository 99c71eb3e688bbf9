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
import { isThePatient, leadsTo } from "../../../../src/check/rules/clinical/references.ts";
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

test("every rule of the clinical resources says in a sentence what must or should be", async () => {
  const clinical = await clinicalRules();
  assert.ok(clinical.length > 200);
  for (const rule of clinical) {
    assert.ok(rules.includes(rule), rule.requirement);
    const [wanted, other] = rule.severity === "error" ? ["must", "should"] : ["should", "must"];
    assert.match(rule.requirement, new RegExp(`^[A-Z].* ${wanted} .*[\\w)']\\.$`));
    assert.doesNotMatch(rule.requirement, new RegExp(` ${other} `));
  }
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
  const stopped = { when: { said: "that is stopped", holds: () => true } };
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
    demand(number, "Task", "for", { asked: "be done", wrong: "A Task is not done." }, () => true),
  ].map(({ requirement, text }) => [requirement, text]);
  assert.deepEqual(sentences, [
    [`MedicationRequest that is stopped must have ${date}.`, `MedicationRequest that is stopped has no ${date}.`],
    ["MedicationRequest that is stopped should not have basedOn.", "MedicationRequest that is stopped has basedOn."],
    ["Specimen should have quantity in each collection.", "Specimen has collection without quantity."],
    ["Task must have intent proposal, plan or order.", "Task.intent is not proposal, plan or order."],
    [
      "List must have code with the SNOMED CT code 826501000000100.",
      "List.code lacks the SNOMED CT code 826501000000100.",
    ],
    ["Medication must have code with a code or a text.", "Medication.code has neither a code nor a text."],
    [
      "Encounter should refer to Practitioner or RelatedPerson by participant.individual.",
      "Encounter.participant.individual does not lead to Practitioner or RelatedPerson in the document.",
    ],
    [
      "Task should refer to the Patient of the document by for.",
      "Task.for does not lead to the Patient of the document.",
    ],
    ["Task must be done.", "A Task is not done."],
  ]);
});
