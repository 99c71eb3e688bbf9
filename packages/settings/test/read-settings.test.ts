import assert from "node:assert/strict";
import { test } from "node:test";
import { readSettings, SettingsError } from "@restante/settings";
import { type Example, exampleSchema } from "./example.ts";

function read(text: string, name = "part.yaml"): Example {
  return readSettings({ name, text }, exampleSchema).value;
}

function problemsOf(text: string, name?: string): string[] {
  try {
    read(text, name);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    assert.equal(error.code, "settings-invalid");
    assert.equal(error.retry, "never");
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return assert.fail("the file was accepted");
}

const right = `# a comment
name: Surgery
port: 8700
mailboxes:
  - { mailboxId: A1, odsCode: Y99001 }
`;

test("a file of YAML gives the value that the schema describes, whatever the order and whatever quotes", () => {
  assert.deepEqual(read(right), { name: "Surgery", port: 8700, mailboxes: [{ mailboxId: "A1", odsCode: "Y99001" }] });
  assert.deepEqual(read(`mailboxes: []\n"port": 1\nname: 'a b'\n`), { mailboxes: [], port: 1, name: "a b" });
});

test("a file of JSON is read alike, by whatever name, with tabs, marks and escapes", () => {
  const value = { name: "\u{1F600} a/b", port: 1, mailboxes: [] };
  for (const text of [JSON.stringify(value), `\uFEFF${JSON.stringify(value, undefined, "\t").replace("/", "\\/")}`]) {
    for (const name of ["part.json", "part.yaml", "part"]) assert.deepEqual(read(text, name), value, name);
  }
});

test("every problem is told at once, from the top of the file to its end, by file, pointer, line and column", () => {
  const text = `name: ""
prot: 8700
mailboxes:
  - mailboxId: A 1
    odsCode: Y9
  - mailboxId: a1
    odsCode: Y99001
  - { odsCode: Y99001, mailboxId: "A1" }
`;
  assert.deepEqual(problemsOf(text), [
    "part.yaml /port (line 1 column 1) is missing: it must be a whole number from 0 to 65535",
    "part.yaml /name (line 1 column 1) must be a text that is not empty",
    "part.yaml (line 2 column 1) has 'prot', which is not a property here; did you mean 'port'?",
    "part.yaml /mailboxes/0/mailboxId (line 4 column 5) must be a mailbox id: up to 100 letters, digits, underscores and hyphens",
    "part.yaml /mailboxes/0/odsCode (line 5 column 5) must be an ODS code: 3 to 12 letters and digits, such as A20047",
    "part.yaml /mailboxes/2/mailboxId (line 8 column 24) is the same as part.yaml /mailboxes/1/mailboxId (line 6 column 5)",
  ]);
});

test("what YAML takes for a number or a word of its own is to be quoted where a text is meant", () => {
  for (const written of ["12E45", "0123", "99001", "true", "0x1F", ".inf"]) {
    assert.deepEqual(problemsOf(right.replace("Y99001", written)), [
      "part.yaml /mailboxes/0/odsCode (line 5 column 22) must be an ODS code: 3 to 12 letters and digits, such as A20047; put it between quotes",
    ]);
    assert.deepEqual(read(right.replace("Surgery", `"${written}"`)).name, written);
  }
  // Of YAML 1.2 these are texts, though elsewhere they may not be.
  for (const written of ["NO", "yes", "off", "1_000", "1988-12-01"]) {
    assert.equal(read(right.replace("Surgery", written)).name, written);
  }
  for (const empty of ["", "~", "null"]) {
    assert.deepEqual(problemsOf(right.replace("Surgery", empty)), [
      "part.yaml /name (line 2 column 1) must be a text that is not empty; there is no value",
    ]);
  }
});

test("a number that not every reader takes for the same one is refused, and a number in quotes is told as that", () => {
  for (const written of ["010", "0x1F", "1e3", "+5", "5."]) {
    assert.match(
      problemsOf(right.replace("8700", written)).join(),
      /\/port \(line 3 column 1\) is a number that is not/,
    );
  }
  assert.deepEqual(problemsOf(right.replace("8700", '"8700"')), [
    "part.yaml /port (line 3 column 1) must be a whole number from 0 to 65535; write it without quotes",
  ]);
  assert.match(problemsOf(right.replace("8700", "8700.5")).join(), /must be a whole number from 0 to 65535$/);
});

test("a property that is there twice is refused, and told by its line", () => {
  const words = "has a property that the same object has before it: only one of them can be meant";
  assert.deepEqual(problemsOf(`${right}port: 8701\n`), [`part.yaml (line 6 column 1) ${words}`]);
  assert.deepEqual(problemsOf('{"name": "a",\n "port": 1, "mailboxes": [],\n "port": 2}', "part.json"), [
    `part.json (line 3 column 2) ${words}`,
  ]);
});

test("what says something else than a person sees is refused in words: aliases, merges, tags, names that are no text", () => {
  const cases: [string, RegExp][] = [
    ["name: &a x\nport: 1\nmailboxes: *a\n", /\/mailboxes \(line 3 column 1\) is an alias/],
    ["name: x\nport: 1\nmailboxes: []\n<<: { port: 2 }\n", /\(line 4 column 1\) has '<<', which merges nothing here/],
    ["name: !!str 1\nport: 1\nmailboxes: []\n", /\/name \(line 1 column 1\) has a tag/],
    ["name: !run x\nport: 1\nmailboxes: []\n", /\/name \(line 1 column 1\) has a tag/],
    ["name: x\nport: 1\nmailboxes: []\n12: x\n", /\(line 4 column 1\) has a name that is no text/],
    ["name: x\nport: 1\nmailboxes: []\n? [a]\n: x\n", /\(line 4 column 3\) has a name that is no text/],
    ["%YAML 1.1\n---\nname: x\nport: 1\nmailboxes: []\n", /says that it is YAML 1\.1/],
  ];
  for (const [text, words] of cases) assert.match(problemsOf(text).join("\n"), words, text);
});

test("what is no YAML is told by its place and in our words, never by what stands there", () => {
  const cases: [string, RegExp][] = [
    ["", /^part\.yaml is empty$/],
    ["name:\n\tport: secret\n", /\(line 2 column 1\) is not YAML: lines are indented with spaces, not with tabs/],
    ["name: x\n---\nname: y\n", /\(line 2 column 1\) is not YAML: it holds a second document/],
    ["name: secret: x\n", /\(line 1 column 7\) is not YAML: a text with ': ' in it is put between quotes/],
    ['name: "secret\n', /is not YAML: a quote, a bracket, a comma/],
    ["name: [secret\n", /is not YAML: /],
    ["name: @secret\n", /is not YAML: a text that begins with such a sign is put between quotes/],
    ['name: "\\secret"\n', /is not YAML: a \\ between double quotes/],
    ["name: x\n port: secret\n", /is not YAML: /],
    ["- secret\nname: x\n", /is not YAML: /],
    ["secret", /^part\.yaml must be an object$/],
  ];
  for (const [text, words] of cases) {
    const problems = problemsOf(text).join("\n");
    assert.match(problems, words, text);
    assert.doesNotMatch(problems, /secret/);
  }
});

test("a name that is not nearly one of ours is not repeated: it may be a secret on the wrong side of a colon", () => {
  const problems = problemsOf("name: x\nport: 1\nmailboxes: []\nhunter2secret: x\n");
  assert.deepEqual(problems, ["part.yaml (line 4 column 1) has a property that is none of name, port, mailboxes"]);
});

test("a file of settings is bounded: size, depth, and lists that name themselves", () => {
  assert.match(problemsOf(`name: ${"x".repeat(1_000_001)}`).join(), /is larger than 1 MB: write it as JSON/);
  assert.match(problemsOf("[".repeat(100_000)).join(), /is not YAML: it is nested too deeply/);
  assert.match(problemsOf(`name: ${"[".repeat(100)}x${"]".repeat(100)}`).join("\n"), /is nested more than 64 deep/);
  const bomb = Array.from("bcdefghijk", (name, index) => {
    const before = String.fromCodePoint(name.codePointAt(0)! - 1);
    return `${name}: &${name} [${Array.from({ length: 10 }, () => (index === 0 ? "x" : `*${before}`)).join(", ")}]`;
  });
  assert.match(problemsOf(bomb.join("\n")).join("\n"), /is an alias/);
  // Ten thousand names in one object: comparing each with each would take minutes for a file of the size allowed.
  problemsOf(Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join("\n"));
});

test("a file of many problems shows as many as a person reads, and how many there are", () => {
  const lines = problemsOf(`name: x\nport: 1\nmailboxes:\n${"  - 1\n".repeat(60)}`);
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), "and 10 more");
});

test("a file may say where its schema is, for editors", () => {
  assert.deepEqual(read('{"$schema": "x.json", "name": "a", "port": 1, "mailboxes": []}', "part.json").name, "a");
});
