import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rules } from "../../src/check/rules.ts";
import { invariantRules } from "../../src/check/rules/invariants.ts";
import { simpleQuantities } from "../../src/check/rules/invariants/simple-quantities.ts";
import { brokenFhir, soundFhir } from "./fhir-cases.ts";
import { brokenInvariants, soundInvariants } from "./invariant-cases.ts";
import { everyInvariant, explained, linesOf, saidOf } from "./invariants.ts";
import { invariantsPage, invariantsPath } from "./invariants-page.ts";

test("every invariant of STU3 is held, by a rule or by reading, or has a reason for not being held, and never two of these", () => {
  assert.ok(everyInvariant.length > 180);
  assert.deepEqual(
    everyInvariant.filter((invariant) => invariant.path === "" || saidOf(invariant).length !== 1),
    [],
  );
});

test("no rule of an invariant and no reason speaks of what STU3 does not have", () => {
  const keys = new Set(everyInvariant.map(({ key }) => key));
  const roots = new Set(everyInvariant.map(({ path }) => path.split(".")[0] ?? ""));
  const ruled = invariantRules.map(({ numbers: { own = "" } }) => own.replace("FHIR:", ""));
  assert.deepEqual(
    ruled.filter((key) => !keys.has(key)),
    [],
  );
  assert.equal(new Set(ruled).size, ruled.length);
  assert.deepEqual(
    explained.filter((name) => !roots.has(name) && !keys.has(name)),
    [],
  );
});

test("a rule is as severe as its invariant", () => {
  for (const { key, path, severity } of everyInvariant) {
    const rule = rules.find(({ numbers }) => numbers.own === `FHIR:${key}`);
    if (rule !== undefined && saidOf({ key, path, severity })[0]?.[0] === "a rule")
      assert.equal(rule.severity, severity, key);
  }
});

test("every invariant that a rule holds has a case that breaks it and one that does not", () => {
  for (const cases of [
    [...brokenInvariants, ...brokenFhir],
    [...soundInvariants, ...soundFhir],
  ]) {
    const shown = new Set(cases.map(([id]) => id));
    const held = everyInvariant.filter((invariant) => saidOf(invariant)[0]?.[0] === "a rule");
    assert.ok(held.length > 60);
    assert.deepEqual(
      held.filter(({ key }) => !shown.has(`FHIR:${key}`)),
      [],
    );
  }
});

test("the quantities without comparator are those of the StructureDefinitions", () => {
  assert.deepEqual(
    simpleQuantities.map((place) => place.join(".")).toSorted(),
    linesOf("simple-quantities.txt").toSorted(),
  );
});

test("docs/invariants.md is what the rules make of it", () => {
  assert.equal(readFileSync(invariantsPath, "utf8"), invariantsPage());
});
