import assert from "node:assert/strict";
import { test } from "node:test";
import { check, messageOf } from "@restante/itk3";
import type { Case } from "./addition.ts";
import { brokenEntries, soundEntries } from "./entry-cases.ts";
import { brokenFhir, soundFhir } from "./fhir-cases.ts";
import { brokenInvariants, soundInvariants } from "./invariant-cases.ts";
import { brokenProfiles, soundProfiles } from "./profile-cases.ts";
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
    return [check(message, options).findings.some((finding) => finding.id === id)];
  });
}

for (const broken of [...brokenProfiles, ...brokenFhir, ...brokenEntries, ...brokenInvariants]) {
  test(`${broken[0]} finds what is wrong: ${broken[1]}`, () => assert.ok(outcomes(broken).includes(true)));
}

for (const sound of [...soundProfiles, ...soundFhir, ...soundEntries, ...soundInvariants]) {
  test(`${sound[0]} finds nothing wrong: ${sound[1]}`, () => {
    const found = outcomes(sound);
    assert.ok(found.length > 0);
    assert.ok(!found.includes(true));
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
