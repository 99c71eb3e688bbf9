import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isPlainBase64 } from "../../src/stu3/base64.ts";
import { primitiveFault } from "../../src/stu3/primitives.ts";

const spaces = [" ", "\t", "\r", "\n"];

const wrong: readonly (readonly [what: string, text: string])[] = [
  ["nothing", ""],
  ["only spaces", " \n "],
  ["more behind its padding", `AA==${" ".repeat(256)}AAAA`],
  ["more behind its padding and many spaces", `AA==${" ".repeat(200_000)}AAAA`],
  ["padding in the middle", "AA==AAAA"],
  ["three characters of padding", "AAAAA==="],
  ["padding alone", "===="],
  ["padding apart from padding", "AA=A="],
  ["letters whose low byte is base64", "JVBERi0\u0141\u0141\u0141\u0141\u0141"],
  ["a letter of Latin-1", "AAA\u00c1"],
  ["a space that does not break", "AAAA\u00a0AAAA"],
  ["an ideographic space", "AAAA\u3000AAAA"],
  ["a byte order mark", "AAAA\ufeffAAAA"],
  ["a form feed", "AAAA\fAAAA"],
  ["the URL alphabet", "AA-_"],
  ["half of a surrogate pair", "AAA\ud800"],
];

for (const [what, text] of wrong) {
  test(`base64 with ${what} is none`, { timeout: 5000 }, () => {
    assert.notEqual(primitiveFault("base64Binary", text), undefined);
  });
}

test("base64 is what RFC 4648 says, with spaces, tabs and line ends anywhere", () => {
  const scrap = fc.constantFrom("A", "b", "9", "+", "/", "=", "==", ...spaces, "-", "_", "\u0141", "\u00a0", "AAAA");
  fc.assert(
    fc.property(fc.array(scrap, { maxLength: 12 }), (scraps) => {
      const text = scraps.join("");
      const plain = text.replace(/[ \t\r\n]/g, "");
      const right = plain !== "" && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain);
      assert.equal(primitiveFault("base64Binary", text) === undefined, right, JSON.stringify(text));
    }),
    { numRuns: 20_000 },
  );
});

test("no character is base64 anywhere but those that RFC 4648 names", () => {
  const base64 = "YWJj".repeat(300);
  for (let code = 0; code < 0x400; code += 1) {
    for (const at of [0, 1, 598, 1198, 1199]) {
      const text = base64.slice(0, at) + String.fromCharCode(code) + base64.slice(at + 1);
      const right = /^[A-Za-z0-9+/]{1198}(?:[A-Za-z0-9+/]{2}|[A-Za-z0-9+/]=)$/.test(text);
      assert.equal(isPlainBase64(text), right, JSON.stringify(text[at]));
    }
  }
});

test("base64 is looked at whole, however long it is", () => {
  const long = "AAAA".repeat(100_000);
  for (const at of [0, 65_532, 65_535, 65_536, 131_071, 399_000]) {
    for (const wrong of ["=", "-", "é", " ", "\u0141"]) {
      const text = `${long.slice(0, at)}${wrong}${long.slice(at + 1)}`;
      assert.equal(isPlainBase64(text), false, `${wrong} at ${at}`);
    }
  }
  for (const end of ["", "AA==", "AAA="]) assert.equal(isPlainBase64(`${long}${end}`), true);
  for (const length of [65_532, 65_536, 65_540]) assert.equal(isPlainBase64(`${"A".repeat(length - 2)}==`), true);
});

test("a string or markdown may have 1 MB, counted in bytes; base64 may have more", () => {
  const longest = "é".repeat(512 * 1024);
  for (const type of ["string", "markdown"]) {
    assert.equal(primitiveFault(type, longest), undefined);
    assert.equal(primitiveFault(type, `${longest}x`), "must not be longer than 1 MB");
  }
  assert.equal(primitiveFault("base64Binary", "AAAA".repeat(512 * 1024)), undefined);
});
