import assert from "node:assert/strict";
import { test } from "node:test";
import { check, messageOf } from "@restante/itk3";
import type { Case } from "./addition.ts";
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

for (const broken of [...brokenProfiles, ...brokenFhir, ...brokenInvariants]) {
  test(`${broken[0]} finds what is wrong: ${broken[1]}`, () => assert.ok(outcomes(broken).includes(true)));
}

for (const sound of [...soundProfiles, ...soundFhir, ...soundInvariants]) {
  test(`${sound[0]} finds nothing wrong: ${sound[1]}`, () => {
    const found = outcomes(sound);
    assert.ok(found.length > 0);
    assert.ok(!found.includes(true));
  });
}
