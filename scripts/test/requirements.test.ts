import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { rules } from "../../packages/itk3/src/check/rules.ts";
import { referencePath, withoutReference } from "../../packages/itk3/test/reference.ts";
import { everyRequirement } from "../requirements/every.ts";
import { idle } from "../requirements/idle.ts";
import { reasons } from "../requirements/reasons.ts";
import { type Given, shown, testsOfRules } from "../requirements/shown.ts";
import { readRecord, type RecordedTest, tellsOfTags } from "../testing/record.ts";

function carrying(id: string, changes: Partial<RecordedTest> = {}): RecordedTest {
  return { file: "a.test.ts", line: 1, names: ["keeps it"], tags: [id.toLowerCase()], ended: "passed", ...changes };
}

/** One requirement, and nothing that shows it but what is given. */
function one(changes: Partial<Given>): ReturnType<typeof shown> {
  return shown({ requirements: ["FHIR-A-1"], rules: [], reasons: new Map(), tests: [], ...changes });
}

const rule = { numbers: { itk: "FHIR-A-1" }, severity: "error", text: "It is wrong." } as const;
const ends = ["failed", "failed as expected", "skipped", "to do"] as const;

test("a requirement is shown by the tests that carry its id and passed", () => {
  const { rows, faults } = one({
    tests: [
      carrying("FHIR-A-1", { file: "b.test.ts", names: ["outer", "within"] }),
      carrying("FHIR-A-1", { names: ["a letter is kept"] }),
      carrying("FHIR-A-1", { names: ["a report is kept"] }),
    ],
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(rows, [
    { id: "FHIR-A-1", how: "behaviour", what: "`a.test.ts`: a … is kept; `b.test.ts`: outer > within" },
  ]);
});

test("a test that failed, was skipped or is still to do shows nothing", () => {
  for (const ended of ends) {
    assert.deepEqual(one({ tests: [carrying("FHIR-A-1", { ended })] }), {
      rows: [],
      faults: [`No test that passed shows FHIR-A-1: \`a.test.ts\`: keeps it, ${ended}.`],
    });
  }
  assert.deepEqual(one({}).faults, ["No test that passed shows FHIR-A-1: none carries it."]);
});

test("what is missing is said in words, and only of what a passed test shows", () => {
  const inPart = new Map([["FHIR-A-1", { how: "behaviour, in part", why: "Half is missing." } as const]]);
  assert.deepEqual(one({ reasons: inPart, tests: [carrying("FHIR-A-1")] }).rows, [
    { id: "FHIR-A-1", how: "behaviour, in part", what: "`a.test.ts`: keeps it. Half is missing." },
  ]);
  assert.equal(one({ reasons: inPart }).faults.length, 1);
});

test("a reason why nothing shows a requirement stands where nothing does, and nowhere else", () => {
  for (const how of ["not done", "not from a message"] as const) {
    const why = new Map([["FHIR-A-1", { how, why: "so" }]]);
    assert.deepEqual(one({ reasons: why }), { rows: [{ id: "FHIR-A-1", how, what: "so" }], faults: [] });
    assert.equal(one({ reasons: why, tests: [carrying("FHIR-A-1")] }).faults.length, 1);
    assert.equal(one({ reasons: why, rules: [rule] }).faults.length, 1);
  }
});

test("a rule shows a requirement only where the test of its cases passed", () => {
  const cases = (ended: RecordedTest["ended"]): RecordedTest => carrying("FHIR-A-1", { file: testsOfRules, ended });
  assert.deepEqual(one({ rules: [rule], tests: [cases("passed")] }), {
    rows: [{ id: "FHIR-A-1", how: "rule", what: "error: It is wrong." }],
    faults: [],
  });
  for (const ended of ends) assert.equal(one({ rules: [rule], tests: [cases(ended)] }).faults.length, 1);
  assert.deepEqual(one({ rules: [rule], tests: [carrying("FHIR-A-1")] }).faults, [
    "FHIR-A-1 has a rule whose cases did not pass: none carries it.",
  ]);
});

test("an id that is none is told, whoever has it: a test, a rule or a reason", () => {
  const tests = [carrying("FHIR-A-1"), carrying("FHIR-A-2")];
  assert.deepEqual(one({ tests }).faults, ["No requirement is called FHIR-A-2: `a.test.ts`: keeps it."]);
  const unknown = { ...rule, alsoShows: ["FHIR-A-3"], numbers: {} };
  assert.deepEqual(one({ tests: [carrying("FHIR-A-1")], rules: [unknown] }).faults, [
    "No requirement is called FHIR-A-3: a rule goes by it.",
  ]);
  const why = new Map([["FHIR-A-4", { how: "not done", why: "so" } as const]]);
  assert.deepEqual(one({ tests: [carrying("FHIR-A-1")], reasons: why }).faults, [
    "No requirement is called FHIR-A-4: a reason has it.",
  ]);
});

test("without a test that passed nothing counts as shown, of all requirements and rules that there are", () => {
  const { rows } = shown({ requirements: everyRequirement, rules, reasons, tests: [] });
  assert.deepEqual([...new Set(rows.map(({ how }) => how))].toSorted(), ["not done", "not from a message"]);
});

test("a test that carries a requirement and asserts nothing is told, once", () => {
  const source = `
test("asserts", { tags: ["FHIR-A-1"] }, () => {
  assertKept();
});
test("is empty", { tags: ["FHIR-A-1"] }, () => {});
for (const one of all) {
  test(
    "only runs",
    { tags: ["FHIR-A-1"] },
    () => {
      run(one);
    },
  );
  test(
    "asserts, too",
    { tags: ["FHIR-A-1"] },
    () => {
      assert.ok(one);
    },
  );
}
test("another", () => { assert.ok(true); });
`;
  const tests = [2, 5, 7, 7, 14].map((line) => carrying("FHIR-A-1", { line, names: [`at ${line}`] }));
  assert.deepEqual(
    idle(tests, () => source),
    [5, 7].map((line) => `A test that carries a requirement asserts nothing: \`a.test.ts\`: at ${line}.`),
  );
});

test("as many requirements are asked about as were published, and none twice", () => {
  assert.equal(new Set(everyRequirement).size, 673);
  assert.equal(everyRequirement.length, 673);
});

test("the requirements are those that were published", { skip: withoutReference }, () => {
  const read = (...parts: string[]): { id: string }[] =>
    JSON.parse(readFileSync(referencePath("..", ...parts), "utf8")) as { id: string }[];
  const published = [
    ...read("gp-connect", "requirements.json").map(({ id }) => id),
    ...read("gp-connect", "scal-send-document-2.json").map(({ id }) => `SCAL-${id}`),
    ...read("itk3", "requirements.json").map(({ id }) => id),
  ];
  assert.deepEqual([...everyRequirement].toSorted(), published.toSorted());
});

test("a run of all tests fails where its record and the page differ, and a run that failed says nothing of the page", (t) => {
  const run = (
    body: string,
    options = '{ tags: ["FHIR-A-1"] }',
  ): { status: number | null; stdout: string; stderr: string } => {
    const folder = mkdtempSync(join(tmpdir(), "restante-run-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const [place, carried] of [
      ["packages/a/test", options],
      ["scripts/test", "{}"],
    ] as const) {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(
        join(folder, place, "a.test.ts"),
        `import { test } from "node:test"; test("one", ${carried}, () => { ${body} });`,
      );
    }
    const script = fileURLToPath(new URL("../test.ts", import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, [script], { cwd: folder, env, encoding: "utf8" });
  };
  if (!tellsOfTags(process.versions.node)) return t.skip(`Node.js ${process.version} does not tell what tests carry`);
  const well = run("");
  assert.equal(well.status, 1);
  assert.match(well.stdout, /^2 passed, 0 failed/m);
  assert.match(well.stderr, /^No requirement is called FHIR-A-1: `packages\/a\/test\/a\.test\.ts`: one\.$/m);
  assert.match(
    well.stderr,
    /^A test that carries a requirement asserts nothing: `packages\/a\/test\/a\.test\.ts`: one\.$/m,
  );
  assert.match(well.stderr, /^No test that passed shows GPCM-C-01: none carries it\.$/m);
  const failed = run("throw new Error('no');");
  assert.equal(failed.status, 1);
  assert.doesNotMatch(failed.stderr, /FHIR-A-1|GPCM/);
  const untagged = run("", "{}");
  assert.equal(untagged.status, 1);
  assert.match(untagged.stderr, /^No test that passed shows GPCM-C-01: none carries it\.$/m);
});

test("a run's record has each test that carries something, and how it ended", (t) => {
  if (!tellsOfTags(process.versions.node)) return t.skip(`Node.js ${process.version} does not tell what tests carry`);
  const folder = mkdtempSync(join(tmpdir(), "restante-record-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, "a.test.mjs"),
    `import { suite, test } from "node:test";
test("carries nothing", () => {});
test("passes", { tags: ["A-1", "A-2"] }, () => {});
test("fails", { tags: ["A-1"] }, () => { throw new Error("no"); });
test("is left out", { tags: ["A-1"], skip: "no reference" }, () => {});
test("leaves", { tags: ["A-1"] }, (t) => t.skip("no browser"));
test("is to do", { tags: ["A-1"], todo: true }, () => {});
test("is to fail", { tags: ["A-1"], expectFailure: true }, () => { throw new Error("no"); });
test("has a step", { tags: ["A-1"] }, (t) => t.test("step", () => {}));
test("lacks a step", { tags: ["A-1"] }, (t) => t.test("step", { skip: true }, () => {}));
suite("many", { tags: ["A-3"] }, () => { test("one", () => {}); });
`,
  );
  writeFileSync(
    join(folder, "b.test.ts"),
    `import { test } from "node:test"; test("of b", { tags: ["A-4"] }, () => {});`,
  );
  writeFileSync(
    join(folder, "taken.mjs"),
    `import { test } from "node:test"; test("taken", { tags: ["A-5"] }, () => {});`,
  );
  writeFileSync(join(folder, "once-more.test.mjs"), `await import("./b.test.ts"); await import("./taken.mjs");`);
  const reporter = new URL("../testing/record.ts", import.meta.url).href;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(
    process.execPath,
    ["--test", `--test-reporter=${reporter}`, "a.test.mjs", "b.test.ts", "once-more.test.mjs"],
    {
      cwd: folder,
      env,
      encoding: "utf8",
    },
  );
  const found = readRecord(stdout);
  assert.deepEqual(
    found.map(({ names, tags, ended }) => [names.join(" > "), tags.join(" "), ended]),
    [
      ["passes", "a-1 a-2", "passed"],
      ["fails", "a-1", "failed"],
      ["is left out", "a-1", "skipped"],
      ["leaves", "a-1", "skipped"],
      ["is to do", "a-1", "to do"],
      ["is to fail", "a-1", "failed as expected"],
      ["has a step > step", "a-1", "passed"],
      ["has a step", "a-1", "passed"],
      ["lacks a step > step", "a-1", "skipped"],
      ["lacks a step", "a-1", "skipped"],
      ["many > one", "a-3", "passed"],
      ["of b", "a-4", "passed"],
      ["taken", "a-5", "passed"],
    ],
    "a file that another runs once more has its own record",
  );
  assert.deepEqual(
    found.slice(-3).map(({ file }) => file),
    ["a.test.mjs", "b.test.ts", "once-more.test.mjs"],
  );
  assert.deepEqual(found[0]?.line, 3);
});
