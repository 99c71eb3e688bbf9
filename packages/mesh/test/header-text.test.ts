import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeHeaderText, encodeHeaderText } from "@restante/mesh";

test("any Unicode text comes back from a header as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const encoded = encodeHeaderText(text);
      assert.doesNotMatch(encoded, /[\u0100-\uFFFF]/);
      assert.equal(decodeHeaderText(encoded), text);
    }),
  );
});

test("text from a sender that writes Latin-1 is read as Latin-1", () => {
  assert.equal(decodeHeaderText("Jos\u00E9 N\u00FA\u00F1ez"), "José Núñez");
});

test("text that was decoded already is left alone", () => {
  assert.equal(decodeHeaderText("Łukasz Żółć"), "Łukasz Żółć");
  assert.equal(decodeHeaderText("plain"), "plain");
});
