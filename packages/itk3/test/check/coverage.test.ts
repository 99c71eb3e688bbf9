import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { test } from "node:test";
import { rules } from "../../src/check/rules.ts";
import { referencePath, withoutReference } from "../reference.ts";
import { coverage, everyRequirement, explained, idsOf } from "./coverage.ts";
import { coveragePage, coveragePath } from "./coverage-page.ts";

test("every requirement has a rule, or a reason for having none, and never both", () => {
  const rows = coverage();
  assert.deepEqual(
    everyRequirement.filter((id) => !rows.has(id)),
    [],
  );
  const ruled = new Set(rules.flatMap(idsOf));
  assert.deepEqual(
    explained().filter((id) => ruled.has(id)),
    [],
  );
});

test("no rule or reason speaks of a requirement that there is not", () => {
  const known = new Set(everyRequirement);
  assert.deepEqual(
    [...rules.flatMap(idsOf), ...explained()].filter((id) => !known.has(id)),
    [],
  );
});

test("the requirements are those that were published", { skip: withoutReference }, () => {
  const read = (...parts: string[]): { id: string }[] =>
    JSON.parse(readFileSync(referencePath("..", ...parts), "utf8")) as { id: string }[];
  const published = [
    ...read("gp-connect", "requirements.json").map(({ id }) => id),
    ...read("gp-connect", "scal-send-document-2.json").map(({ id }) => `SCAL-${id}`),
    ...read("itk3", "requirements.json").map(({ id }) => id),
  ];
  assert.deepEqual([...everyRequirement].toSorted(), published.toSorted());
});

test("docs/requirements.md is what the rules make of it", () => {
  assert.equal(readFileSync(coveragePath, "utf8"), coveragePage());
});
