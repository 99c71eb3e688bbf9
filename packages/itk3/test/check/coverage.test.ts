import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

import { test } from "node:test";
import { rules } from "../../src/check/rules.ts";
import { referencePath, withoutReference } from "../reference.ts";
import { coverage, everyRequirement, explained, idsOf, type NamedTest, namedTests } from "./coverage.ts";
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

test("every test that is said to show a requirement exists, under its whole name, in the file that is named", () => {
  const named = namedTests();
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter((test) => !exists(test)),
    [],
  );
});

test("docs/requirements.md is what the rules make of it", () => {
  assert.equal(readFileSync(coveragePath, "utf8"), coveragePage());
});

/** An ellipsis stands for what the test puts together: `${code}` and the like. */
function exists({ file, name }: NamedTest): boolean {
  const path = new URL(`../../../../${file}`, import.meta.url);
  const words = name.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const call = new RegExp(String.raw`\btest\(\s*(["'\`])${words.join(".+?")}\1`);
  return existsSync(path) && call.test(readFileSync(path, "utf8"));
}
