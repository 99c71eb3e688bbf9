import assert from "node:assert/strict";
import { test } from "node:test";
import { rules } from "../../src/check/rules.ts";
import { byId, everyRule } from "./every-rule.ts";
import { idsOf } from "./ids-of.ts";

const secrets = /9000000009|Łukasz|Ampère|1980-02-03|encounter-0001|Test Street|496 000/;
const told: string[] = [];

const asked = everyRule(({ findings, negative }) => {
  const text = JSON.stringify({ findings, negative });
  if (secrets.test(text)) told.push(text);
});
/** As in docs/requirements.md; the ids of other rules are their own. */
const numbers = new Set(rules.flatMap(idsOf));

test("every rule is asked of some kind of message", () => {
  const found = new Set(asked.map(({ rule }) => rule));
  assert.deepEqual(
    rules.filter((rule) => !found.has(rule)),
    [],
  );
});

for (const [id, ones] of byId(asked)) {
  test(
    `${id} is broken by a case and kept by one, in every kind of message that it is asked of`,
    {
      tags: [id].filter((name) => numbers.has(name)),
    },
    () => {
      const without = (what: "broken" | "kept"): string[] =>
        ones.filter((one) => !one[what]).map(({ rule, kind }) => `${kind.useCase} ${kind.generation}: ${rule.text}`);
      assert.deepEqual({ notBroken: without("broken"), notKept: without("kept") }, { notBroken: [], notKept: [] });
    },
  );
}

test("no finding of a message broken in one place says anything of the patient", () => assert.deepEqual(told, []));
