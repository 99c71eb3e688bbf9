import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bundle, check, type CheckOptions, messageOf } from "@restante/itk3";
import { requirementId } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";
import { additionsTo } from "./additions.ts";
import { guessCases } from "./guess-cases.ts";
import { mutantsOf } from "./mutate.ts";
import { subjects } from "./subjects.ts";

test("every rule says in a sentence what must be, or what should be, and never both", () => {
  for (const { numbers, severity, requirement } of rules) {
    // Where a rule guesses, what it guesses at may be either.
    const must = severity === "look" ? requirement.includes(" must ") : severity === "error";
    const [wanted, other] = must ? ["must", "should"] : ["should", "must"];
    assert.match(requirement, new RegExp(`^[A-Z].* ${wanted} .*[\\w)']\\.$`), JSON.stringify(numbers));
    assert.doesNotMatch(requirement, new RegExp(`\\b${other}\\b`), JSON.stringify(numbers));
  }
});

test("no rule fires on a valid message with every resource that may be sent", () => {
  for (const { name, bundle, options } of subjects()) {
    const message = messageOf(bundle);
    assert.ok(message);
    assert.deepEqual(check(message, options).findings, [], name);
  }
});

test(
  "every rule fires on a valid message broken in one place, and none says anything of the patient",
  { timeout: 120_000 },
  () => {
    const fired = new Set<string>();
    const secrets = /9000000009|Łukasz|Ampère|1980-02-03|encounter-0001|Test Street|496 000/;
    for (const { bundle, options } of subjects()) {
      const note = (broken: Bundle, held: CheckOptions): void => {
        const message = messageOf(broken);
        if (message === undefined) return;
        const { findings, negative } = check(message, held);
        for (const { id, text } of findings) fired.add(`${id} ${text}`);
        assert.doesNotMatch(JSON.stringify({ findings, negative }), secrets);
      };
      for (const { value } of mutantsOf(bundle)) note(value, options);
      for (const value of additionsTo(bundle)) note(value, options);
      if (options.envelope === undefined) continue;
      for (const field of ["from", "to", "workflowId", "subject", "localId"] as const) {
        note(bundle, { ...options, envelope: { ...options.envelope, [field]: "GPPROVIDER_x" } });
      }
      const workflowId = options.generation === 1 ? "GPCONNECT_SEND_DOCUMENT" : "GPFED_CONSULT_REPORT";
      note(bundle, { ...options, envelope: { ...options.envelope, workflowId } });
    }
    for (const [, bundle, options = {}] of guessCases.flatMap(({ guessed }) => guessed)) {
      const message = messageOf(bundle);
      assert.ok(message);
      for (const { id, text } of check(message, options).findings) fired.add(`${id} ${text}`);
    }
    const silent = rules.flatMap((rule) => {
      const ids = ([1, 2] as const).flatMap((generation) =>
        (["consultation-summary", "online-consultation", "generic", "response"] as const).flatMap(
          (useCase) => requirementId(rule, generation, useCase) ?? [],
        ),
      );
      return ids.some((id) => fired.has(`${id} ${rule.text}`)) ? [] : [`${JSON.stringify(rule.numbers)} ${rule.text}`];
    });
    assert.deepEqual(silent, []);
  },
);
