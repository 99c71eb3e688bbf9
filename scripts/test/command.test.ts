import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { test } from "node:test";
import { atOnce, longestFirst, readCommand, type TestCommand } from "../testing/command.ts";
import { isFast, startsBrowser, startsProcesses } from "../testing/fast.ts";
import { slowFiles } from "../testing/slow-files.ts";

const script = "scripts/test.ts";

function understood(...words: string[]): TestCommand {
  const command = readCommand(words);
  if (typeof command === "string") assert.fail(command);
  return command;
}

test("without a word every test of every package runs, and those of the scripts", () => {
  const { files } = understood();
  const all = [...globSync("packages/*/test/**/*.test.ts"), ...globSync("scripts/test/**/*.test.ts")];
  assert.deepEqual(files, all.toSorted());
});

test("only a run that leaves no test out is taken for a run of all", () => {
  for (const words of [[], ["--reporter", "spec"], ["--test-concurrency=1"]]) assert.ok(understood(...words).whole);
  for (const words of [
    ["packages/mesh"],
    ["--fast"],
    ["--test-name-pattern=id"],
    ["--test-shard=1/2"],
    ["--test-only"],
  ])
    assert.ok(!understood(...words).whole, words.join(" "));
});

test("a file, a folder and a package's folder say which tests run", () => {
  const file = "packages/mesh/test/ids.test.ts";
  assert.deepEqual(understood(file).files, [file]);
  assert.deepEqual(
    understood("packages/mesh/test", "packages/mesh/test/").files,
    globSync("packages/mesh/test/*.test.ts").toSorted(),
  );
  assert.ok(understood("packages/mesh").files.includes(file));
});

test("--reporter names another reporter, beside which ours still fails what node does not", () => {
  const [ours] = understood("packages/mesh").options;
  assert.match(ours!, /^--test-reporter=file:.*\/reporter\.ts$/);
  for (const [words, toStdout] of [
    [
      ["--reporter", "spec", "packages/mesh"],
      ["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ],
    [
      ["--reporter=tap", "--test-only"],
      ["--test-reporter=tap", "--test-only", "--test-reporter-destination=stdout"],
    ],
    [["--test-reporter=dot"], ["--test-reporter=dot", "--test-reporter-destination=stdout"]],
    [
      ["--test-reporter=tap", "--test-reporter-destination=file.tap"],
      ["--test-reporter=tap", "--test-reporter-destination=file.tap"],
    ],
  ] as const) {
    const { options } = understood(...words);
    assert.deepEqual(options.slice(0, -2), toStdout);
    assert.match(options.at(-2)!, /^--test-reporter=file:.*\/beside-another\.ts$/);
    assert.equal(options.at(-1), "--test-reporter-destination=stderr");
  }
});

test("the value of an option may be the next word, too", () => {
  const file = "packages/mesh/test/ids.test.ts";
  const { options, files } = understood(file, "--test-name-pattern", "an id", "--reporter", "spec", "--test-only");
  assert.deepEqual(files, [file]);
  assert.deepEqual(options.slice(0, 3), ["--test-name-pattern=an id", "--test-reporter=spec", "--test-only"]);
  assert.deepEqual(understood("--test-name-pattern", "--fast x", file).options[0], "--test-name-pattern=--fast x");
});

for (const [what, words, says] of [
  ["a place without tests", ["packages/nowhere"], /There is no test in packages\/nowhere: name a file/],
  [
    "a word behind an option that takes none",
    ["--test-isolation", "none"],
    /no test in none: name a file .*, or write --test-isolation=none\./,
  ],
  ["a reporter without a name", ["--reporter"], /--reporter is without its name, such as spec/],
  ["a reporter whose name is empty", ["--reporter="], /--reporter is without its name, such as spec/],
  ["a pattern that is not there", ["--test-name-pattern"], /--test-name-pattern is without its pattern/],
] as const) {
  test(`${what} is refused`, () => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...words], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, says);
  });
}

test("the fast tests are those that start no process, and say how many were left out", () => {
  const { files, leftOut } = understood("--fast");
  assert.ok(files.length > leftOut.length);
  assert.deepEqual([...files, ...leftOut].toSorted(), understood().files);
  for (const file of files)
    assert.doesNotMatch(readFileSync(file, "utf8"), /from "(node:child_process|playwright-core)"/);
});

test("a test that takes what starts a process from the tests beside it, or from the testkit, is not fast", () => {
  assert.ok(startsProcesses("packages/cli/test/launcher.test.ts"), "by itself");
  assert.ok(startsProcesses("packages/cli/test/journeys/first-start.test.ts"), "by the support beside it");
  assert.ok(startsProcesses("packages/mesh-server/test/kill.test.ts"), "by the testkit");
  assert.ok(
    !startsProcesses("packages/mesh-server/test/http/handshake.test.ts"),
    "by the testkit, of which it takes no process",
  );
  assert.ok(isFast("packages/mesh/test/ids.test.ts"));
});

test("each file that is named as slow is there, and is not left out anyhow", () => {
  for (const file of slowFiles) {
    assert.ok(existsSync(file), `${file} is not there: take it from scripts/testing/slow-files.ts`);
    assert.ok(!startsProcesses(file), `${file} starts processes: take it from scripts/testing/slow-files.ts`);
  }
  assert.deepEqual(slowFiles, Array.from(new Set(slowFiles)).toSorted());
});

test("test:fast says what it left out", () => {
  const words = [script, "--fast", "packages/mesh/test/ids.test.ts", "packages/mesh-server/test/kill.test.ts"];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, words, { encoding: "utf8", env });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /of 1 files in/);
  assert.match(
    stdout,
    /^Left out: 1 files that start processes or a browser, or take long\. npm test runs them all\.$/m,
  );
});

test("a file with a browser runs first, as node orders them: by their names", () => {
  const { files } = understood();
  const browsers = files.filter(startsBrowser);
  assert.ok(browsers.length > 0 && browsers.length < 20);
  const ordered = longestFirst(files).toSorted();
  assert.deepEqual(
    ordered.slice(0, browsers.length).map((file) => relative("", file)),
    browsers,
  );
  assert.equal(ordered.length, files.length);
});

test("more files run at once than there are processors, but not many", () => {
  assert.ok(atOnce() >= 2 && atOnce() <= 4);
});
