import assert from "node:assert/strict";
import { test } from "node:test";
import {
  flag,
  list,
  object,
  oneOf,
  optional,
  parseJson,
  type Place,
  type Read,
  text,
  withDefault,
} from "../src/json-place.ts";

function problemsOf(read: Read<unknown>, value: unknown): string[] {
  const problems: string[] = [];
  read({ value, file: "file.json", pointer: "/here", problems });
  return problems;
}

test("each reader says what a value must be, and where", () => {
  const expected: [Read<unknown>, unknown, string][] = [
    [text, "  ", "must be a text that is not empty"],
    [text, 7, "must be a text that is not empty"],
    [flag, "true", "must be true or false"],
    [oneOf("a", "b"), "c", "must be one of a, b"],
    [list(text), {}, "must be a list"],
    [list(text, 1), [], "must be a list of at least 1"],
    [optional(flag), null, "must be true or false"],
  ];
  for (const [read, value, problem] of expected) {
    assert.deepEqual(problemsOf(read, value), [`file.json /here ${problem}`]);
  }
});

test("what may be absent is no problem", () => {
  assert.deepEqual(problemsOf(optional(text), undefined), []);
  assert.equal(withDefault(flag, true)({ value: undefined, file: "", pointer: "", problems: [] }), true);
});

test("an item of a list is told by its number", () => {
  assert.deepEqual(problemsOf(list(text), ["a", 1, "b", 2]), [
    "file.json /here/1 must be a text that is not empty",
    "file.json /here/3 must be a text that is not empty",
  ]);
});

test("an object tells a property it should not have, without its name", () => {
  const read = (place: Place): string => object(place, ["name"])("name", text);
  assert.deepEqual(problemsOf(read, { name: "a", Smith: 1 }), ["file.json /here has a property that is none of name"]);
});

test("a property whose name is nearly right is told by both names", () => {
  const read = (place: Place): string => object(place, ["name", "nhsNumber"])("name", text);
  assert.deepEqual(problemsOf(read, { name: "a", nhsnumber: 1 }), [
    "file.json /here has 'nhsnumber', which is not a property here; did you mean 'nhsNumber'?",
  ]);
});

test("a property that an object has twice is told by its line: only the last of them would be read", () => {
  const problems: string[] = [];
  parseJson("file.json", '{\n  "Smith": 1,\n  "Smith": 2\n}', problems);
  assert.deepEqual(problems, ["file.json (line 3 column 3) has a property that the same object has before it"]);
});

test("what is no object is told once, and not that its properties are missing", () => {
  const read = (place: Place): string => object(place, ["name"])("name", text);
  for (const value of [[], null, "x", undefined]) {
    assert.deepEqual(problemsOf(read, value), ["file.json /here must be an object"]);
  }
});

test("text that is not JSON is told without a word of it", () => {
  for (const wrong of ['{"a": Smith}', '{\n"Smith": "a",\n}', "", "Smith"]) {
    const problems: string[] = [];
    assert.equal(parseJson("file.json", wrong, problems), undefined);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^file\.json is not JSON(?: \(line \d+ column \d+\)|: it is empty)$/);
  }
});
