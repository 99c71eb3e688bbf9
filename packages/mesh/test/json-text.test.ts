import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonText, readJsonText } from "@restante/mesh";
import * as fc from "fast-check";

const text = `{
  "a": { "b/c": [1, "two", { "ü": null }] },
  "~": "\\u0041\\"", "last": {}
}`;

function read(json: string): JsonText {
  const result = readJsonText(json);
  return "fault" in result ? assert.fail(`no JSON at ${JSON.stringify(result.fault)}`) : result;
}

for (const [pointer, line, column] of [
  ["", 1, 1],
  ["/a", 2, 3],
  ["/a/b~1c", 2, 10],
  ["/a/b~1c/1", 2, 21],
  ["/a/b~1c/2/ü", 2, 30],
  ["/~0", 3, 3],
  ["/last", 3, 20],
  ["/last/missing/deeper", 3, 20],
  ["/nothing", 1, 1],
] as const) {
  test(`what is at "${pointer}" is found in line ${line}, column ${column}`, () => {
    assert.deepEqual(read(text).placeOf(pointer), { line, column });
  });
}

test("a property that is there twice is told, though JSON.parse would keep the last in silence", () => {
  const twice = read('{"a": {"x": 1, "\\u0078": 2}, "b": [{"x": 1}, {"x": 2}], "a": 3}');
  assert.deepEqual(twice.repeated, ["/a/x", "/a"]);
  assert.deepEqual(twice.placeOf("/a").column, 57);
});

for (const [name, json, line, column] of [
  ["nothing", "", 1, 1],
  ["spaces", " \n ", 2, 2],
  ["a word", '{"a": Smith}', 1, 7],
  ["a comma too many", '{\n"a": 1,\n}', 3, 1],
  ["a comma too many in a list", "[1, ]", 1, 5],
  ["a comma too few", '{"a": 1\n "b": 2}', 2, 2],
  ["a name without quotes", "{a: 1}", 1, 2],
  ["single quotes", "{'a': 1}", 1, 2],
  ["a line break in a text", '{"a": "b\nc"}', 1, 9],
  ["a wrong escape", '{"a": "\\d"}', 1, 8],
  ["a text without an end", '{"a": "b', 1, 9],
  ["a comment", '{"a": 1} // b', 1, 10],
  ["a number with a zero before it", "[01]", 1, 3],
  ["an object without an end", '{"a": [1, 2', 1, 12],
] as const) {
  test(`text that is no JSON, for ${name}, is told by the place where it stops being any`, () => {
    assert.deepEqual(readJsonText(json), { fault: { line, column } });
  });
}

test("a mark of UTF-8 at the start of a file is passed over", () => {
  assert.deepEqual(read('\uFEFF{"a": 1}').value, { a: 1 });
});

test("any JSON is read as JSON.parse does, and everything in it has a place", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(undefined, 1, "\t"), (json, space) => {
      const value: unknown = JSON.parse(json);
      const written = JSON.stringify(value, undefined, space);
      const result = read(written);
      assert.deepEqual(result.value, value);
      assert.deepEqual(result.repeated, []);
      const { line, column } = result.placeOf("");
      assert.deepEqual([line, column], [1, 1]);
    }),
  );
});

test("text that is no JSON is told whatever is wrong, and never thrown", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.string({ maxLength: 2 }), (json, at, put) => {
      const broken = json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + 1);
      let isJson = true;
      try {
        JSON.parse(broken);
      } catch {
        isJson = false;
      }
      assert.equal("fault" in readJsonText(broken), !isJson);
    }),
  );
});

test("neither depth nor length is too much", () => {
  const deep = "[".repeat(2000) + "]".repeat(2000);
  assert.ok("value" in readJsonText(deep));
  // Deeper than any file of ours: placed at what it is in.
  assert.deepEqual(read(deep).placeOf("/0".repeat(1999)), { line: 1, column: 65 });
  assert.ok("fault" in readJsonText("[".repeat(1_000_000)));
  assert.ok("value" in readJsonText(JSON.stringify("a\\".repeat(2_000_000))));
});
