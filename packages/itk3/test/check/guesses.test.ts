import assert from "node:assert/strict";
import { test } from "node:test";
import { check, type Finding, messageOf } from "@restante/itk3";
import { type Guessed, guessCases } from "./guess-cases.ts";

function findingsOf([, bundle, options = {}]: Guessed): readonly Finding[] {
  const message = messageOf(bundle);
  assert.ok(message);
  return check(message, options).findings;
}

for (const { id, text, guessed, sure } of guessCases) {
  for (const one of guessed) {
    test(`${id}, of ${one[0]}: a person must look, once, and nothing is broken by it`, () => {
      const found = findingsOf(one).filter((finding) => text.test(finding.text));
      assert.deepEqual(
        found.map((finding) => [finding.id, finding.severity, finding.responseCode]),
        [[id, "look", undefined]],
      );
    });
  }
  for (const one of sure) {
    test(`${id}, of ${one[0]}: nothing is guessed`, () => {
      assert.deepEqual(
        findingsOf(one).filter((finding) => text.test(finding.text)),
        [],
      );
    });
  }
}

for (const [what, id, index] of [
  ["another NHS number in the subject", "GPCM-SD-CS-065", 5],
  ["another ODS code in the text", "GPCM-SD-CS-023", 6],
] as const) {
  test(`${what} is no guess: it is broken, and told once`, () => {
    const broken = guessCases[index]?.sure[1];
    assert.ok(broken);
    assert.deepEqual(
      findingsOf(broken).map((finding) => [finding.id, finding.severity]),
      [[id, "error"]],
    );
  });
}
