// What is told once (docs/decisions/197-one-cause-one-finding.md) is never told not at all.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { check, readMessage, writeXml } from "@restante/itk3";
import { contextOf } from "../../src/check/context.ts";
import { containedRuleId, entryRuleId, referenceRuleId, targetRuleId } from "../../src/check/one-cause.ts";
import { requirementId } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";
import { xmlWriter } from "./mutant-text.ts";
import { mutantsOf } from "./mutate.ts";
import { plainSubjects, type Subject } from "./subjects.ts";

/** Whether reading or a rule says an error of the message, before anything is left out; undefined where it cannot be read. */
function hasError(xml: string, options: Subject["options"]): { before: boolean; after: boolean } | undefined {
  const read = readMessage(Buffer.from(xml));
  const { message } = read;
  if (message === undefined) return undefined;
  const context = contextOf(message, options);
  const before =
    message.issues.some(({ severity }) => severity === "error") ||
    rules.some(
      (rule) =>
        rule.severity === "error" &&
        requirementId(rule, context.generation, context.useCase) !== undefined &&
        rule.breaches(context).length > 0,
    );
  return { before, after: !check(read, options).conforms };
}

function* changed({ bundle }: Subject): Generator<string> {
  const written = xmlWriter();
  for (const { value } of mutantsOf(bundle)) yield written(value);
  const xml = writeXml(bundle);
  for (const { index, 0: whole, 1: name } of xml.matchAll(/<(\w+) value="[^"]*"/g)) {
    for (const value of ["", "~ bad"])
      yield `${xml.slice(0, index)}<${name} value="${value}"${xml.slice(index + whole.length)}`;
  }
}

test("a message conforms with what is told once just where it would with every finding", { timeout: 120_000 }, (t) => {
  let [all, wrong] = [0, 0];
  for (const subject of plainSubjects()) {
    for (const xml of changed(subject)) {
      const found = hasError(xml, subject.options);
      if (found === undefined) continue;
      all += 1;
      if (found.before) wrong += 1;
      assert.equal(found.after, found.before, xml);
    }
  }
  t.diagnostic(`${all} messages, ${wrong} with an error`);
  assert.ok(wrong > 1000);
});

test("what others are left out for is an error", () => {
  const ofReferences = new Set<string | undefined>([targetRuleId, referenceRuleId, containedRuleId, "FHIR:cmp-1"]);
  for (const { numbers, severity, tellsOfValue } of rules) {
    if (ofReferences.has(numbers.own) || tellsOfValue === true) assert.equal(severity, "error", numbers.own);
    if (numbers.own === entryRuleId) assert.equal(severity, "warning");
  }
});
