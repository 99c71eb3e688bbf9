import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLetters, surnamesAgree } from "../src/names.ts";

test("surnames agree by their first three letters", () => {
  assert.equal(surnamesAgree("O'Neill", "Oneil"), true);
  assert.equal(surnamesAgree("Wiśniewski", "WISNIEWSKI"), true);
  assert.equal(surnamesAgree("Ng", "Ng"), true);
  assert.equal(surnamesAgree("Ng", "Nguyen"), false);
  assert.equal(surnamesAgree("Smith", "Jones"), false);
});

test("a surname without letters agrees with none, not even with itself", () => {
  assert.equal(surnamesAgree("", ""), false);
  assert.equal(surnamesAgree("-", "-"), false);
});

test("first letters are whole letters", () => {
  assert.equal(firstLetters("é", 1), "E");
  assert.equal(firstLetters("𠮷田", 1), "𠮷");
  assert.equal(firstLetters("", 1), "");
});
