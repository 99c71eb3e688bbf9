import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { normaliseName } from "@restante/mesh";

test("a name is compared by its letters, upper case and without marks", () => {
  const names: [string, string][] = [
    ["O'Neill-Núñez", "ONEILLNUNEZ"],
    ["Łukasz", "LUKASZ"],
    ["Weiß-Ångström", "WEISSANGSTROM"],
    ["Æsop Øst", "AESOPOST"],
    ["van der Berg", "VANDERBERG"],
    ["D’Souza 3rd", "DSOUZARD"],
    ["Đặng", "DANG"],
    ["Œuvray", "OEUVRAY"],
    ["Zoe\u0308", "ZOE"],
    ["ﬁsher", "FISHER"],
    ["Иванов", "ИВАНОВ"],
    ["-'", ""],
  ];
  for (const [name, normalised] of names) assert.equal(normaliseName(name), normalised);
});

test("a name normalised is the same normalised again, and however its accents are encoded", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      const normalised = normaliseName(name);
      assert.equal(normaliseName(normalised), normalised);
      assert.equal(normaliseName(name.normalize("NFD")), normalised);
    }),
  );
});
