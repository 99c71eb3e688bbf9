import assert from "node:assert/strict";
import { test } from "node:test";
import { check, messageOf } from "@restante/itk3";
import { rules } from "../../src/check/rules.ts";
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
