import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "@restante/mesh";

const names = ["family", "phone", "nhsNumber", "dateOfBirth", "use", "practice", "formerPractices"];

for (const [written, meant] of [
  ["familyname", "family"],
  ["family_name", "family"],
  ["phoneNumber", "phone"],
  ["famliy", "family"],
  ["nhsnumber", "nhsNumber"],
  ["nhsNumbr", "nhsNumber"],
  ["dateOfbirht", "dateOfBirth"],
  ["practise", "practice"],
  ["Smith", undefined],
  ["us", undefined],
  ["", undefined],
  ["familyName".repeat(20_000), undefined],
] as const) {
  const shown = written.slice(0, 20);
  test(`"${shown}" ${meant === undefined ? "is near none of the names" : `is taken for "${meant}"`}`, () => {
    assert.equal(nearestName(written, names), meant);
  });
}
