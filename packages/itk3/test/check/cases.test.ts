import assert from "node:assert/strict";
import { test } from "node:test";
import { check, messageOf, type ReadResult } from "@restante/itk3";
import type { UseCase } from "../../src/check/rule.ts";
import type { Case } from "./addition.ts";
import { brokenEntries } from "./entry-cases.ts";
import { brokenCases, soundCases } from "./every-case.ts";
import { readingCases } from "./reading-cases.ts";
import { subjects } from "./subjects.ts";

const valid = subjects();

/** Of every message that the case changes: whether its rule fires. */
function outcomes([id, , change]: Case): boolean[] {
  return valid.flatMap(({ bundle, options }) => {
    const value = structuredClone(bundle);
    const message = messageOf(value);
    assert.ok(message);
    change(message);
    if (JSON.stringify(value) === JSON.stringify(bundle)) return [];
    const found = (useCase: UseCase): boolean =>
      check(message, { ...options, useCase }).findings.some((finding) => finding.id === id);
    // Where a requirement says it too it is said in those words: a consultation summary has the fewest.
    const isOfFhir = id.startsWith("FHIR:") && options.useCase === "generic";
    return isOfFhir ? [found(options.useCase), found("consultation-summary")] : [found(options.useCase)];
  });
}

for (const broken of brokenCases) {
  test(`${broken[0]} finds what is wrong: ${broken[1]}`, () => assert.ok(outcomes(broken).includes(true)));
}

for (const sound of soundCases) {
  test(`${sound[0]} finds nothing wrong: ${sound[1]}`, () => {
    const found = outcomes(sound);
    assert.ok(found.length > 0);
    assert.ok(!found.includes(true));
  });
}

for (const [code, [noticed, near]] of Object.entries(readingCases)) {
  test(`STU3:${code} is found where reading notices it, and not in a message that comes near it`, () => {
    const found = (read: ReadResult): boolean => check(read).findings.some(({ id }) => id === `STU3:${code}`);
    assert.deepEqual([found(noticed()), found(near())], [true, false]);
  });
}

test("of entries that lead to one another and are led to by nothing else, one is told", () => {
  const [, , change] = brokenEntries.find(([, what]) => what === "two that lead to each other") ?? assert.fail();
  for (const { bundle, options } of valid) {
    const message = messageOf(structuredClone(bundle));
    assert.ok(message);
    if (message.document === undefined) continue;
    change(message);
    assert.equal(check(message, options).findings.filter(({ id }) => id === "FHIR:entry").length, 1);
  }
});
