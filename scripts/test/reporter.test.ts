import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readCommand, type TestCommand } from "../testing/command.ts";

const reporter = new URL("../testing/reporter.ts", import.meta.url).href;
const head = 'import assert from "node:assert/strict"; import { test } from "node:test";\n';

interface Shown {
  status: number | null;
  output: string;
  /** What node itself complains of. */
  errors: string;
}

/** What a real run of node over these files shows; it is stopped once it has shown `stopAfter`. */
async function shownOf(
  t: TestContext,
  files: Record<string, string>,
  options: string[] = [],
  stopAfter?: RegExp,
): Promise<Shown> {
  const folder = await mkdtemp(join(tmpdir(), "restante-reporter-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, body] of Object.entries(files)) await writeFile(join(folder, name), body);
  const given = options.some((option) => option.startsWith("--test-reporter=")) ? [] : [`--test-reporter=${reporter}`];
  const names = Object.keys(files).filter((name) => name.includes(".test."));
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, ["--test", "--test-concurrency=2", ...given, ...options, ...names], {
    cwd: folder,
    env: { ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (stopAfter?.test(output) === true) child.kill("SIGTERM");
  });
  const [status] = (await once(child, "close")) as [number | null];
  return { status, output, errors };
}

/** The part after the numbers. */
function summaryOf(output: string): string {
  return output.slice(output.search(/^\d+ passed/m));
}

test("what goes well is told in a few lines, whatever is printed", async (t) => {
  const body = `${head}for (let n = 0; n < 200; n += 1) test("well " + n, () => console.log("printed"));`;
  const { status, output } = await shownOf(t, { "one.test.mjs": body, "two.test.mjs": body });
  assert.equal(status, 0, output);
  assert.match(
    output,
    /^400 passed, 0 failed, 0 skipped, 0 to do, of 2 files in [\d.]+ s\.\nSlowest: (one|two)\.test\.mjs/,
  );
  assert.ok(output.split("\n").length < 6, output);
});

test("a failure is told in full where it happens, and by name with the words that run it alone at the end", async (t) => {
  const { status, output } = await shownOf(t, {
    "sums.test.mjs": `${head}
test("two (and two)", () => assert.deepEqual({ sum: 4, of: "same" }, { sum: 5, of: "same" }));
test("outer", async (t) => {
  await t.test("it's within", () => { throw new Error("no", { cause: new TypeError("deep") }); });
  await t.test("well", () => {});
});`,
  });
  assert.equal(status, 1);
  assert.match(
    output,
    /FAILED {2}sums\.test\.mjs:3 {2}two \(and two\)\n.*strictly deep-equal[^]*\+ +sum: 4[^]*- +sum: 5/,
  );
  assert.match(output, /FAILED {2}sums\.test\.mjs:5 {2}outer > it's within\n {2}Error: no[^]*TypeError.*: deep/);
  assert.match(summaryOf(output), /^1 passed, 2 failed/);
  assert.match(
    summaryOf(output),
    /two \(and two\)\n +npm test -- sums\.test\.mjs '--test-name-pattern=\^two \\\(and two\\\)\$'\n/,
  );
  assert.match(
    summaryOf(output),
    /outer > it's within\n +npm test -- sums\.test\.mjs '--test-name-pattern=\^outer\$'\n/,
  );
  const [, pattern = ""] = /(\^two.*\$)'/.exec(output) ?? [];
  const alone = await shownOf(t, { "a.test.mjs": `${head}test("two (and two)", () => {}); test("other", () => {});` }, [
    `--test-name-pattern=${pattern}`,
  ]);
  assert.match(alone.output, /^1 passed, 0 failed/m);
});

test("a failure is shown while the files before its own still run", async (t) => {
  const { output } = await shownOf(t, {
    "a.test.mjs": `${head}import { existsSync } from "node:fs"; import { setTimeout as wait } from "node:timers/promises";
test("waits", async () => { while (!existsSync("failed")) await wait(10); await wait(200); throw new Error("the first file"); });`,
    "b.test.mjs": `${head}import { writeFileSync } from "node:fs";
test("fails", () => { throw new Error("the second file"); });
test("says so", () => writeFileSync("failed", ""));`,
  });
  assert.ok(output.indexOf("the second file") < output.indexOf("the first file"), output);
});

test("a process that says nothing any more, as in an endless loop, is ended and told, and the others go on", async (t) => {
  const own = `import { reporterOn } from ${JSON.stringify(reporter)};
export default reporterOn({ rewritable: false, columns: 80, everyMs: 100, silentMs: 2000 });`;
  const { status, output } = await shownOf(
    t,
    {
      "reporter.mjs": own,
      "endless.test.mjs": `${head}test("without end", () => { for (;;); });`,
      "goes-on.test.mjs": `${head}import { setTimeout as wait } from "node:timers/promises";
for (let n = 0; n < 6; n += 1) test("well " + n, () => wait(500));`,
    },
    ["--test-reporter=./reporter.mjs"],
  );
  assert.equal(status, 1, output);
  assert.equal(output.match(/^endless\.test\.mjs has said nothing for 2\.0 s: its process is ended\.$/gm)?.length, 1);
  assert.match(output, /^FAILED {2}endless\.test\.mjs\n {2}Its process ended by SIGKILL\./m);
  assert.match(output, /^6 passed, 1 failed/m);
});

test("a process that is killed is told with the test it was at and what it had printed", async (t) => {
  const { status, output } = await shownOf(t, {
    "dies.test.mjs": `${head}
test("the last", async () => {
  process.stdout.write("last words\\n", () => setTimeout(() => process.kill(process.pid, "SIGKILL"), 300));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});`,
  });
  assert.equal(status, 1);
  assert.match(output, /FAILED {2}dies\.test\.mjs\n {2}Its process ended by SIGKILL\.\n {2}It was running: the last\n/);
  assert.match(output, /dies\.test\.mjs printed:\n {2}last words/);
  assert.match(summaryOf(output), /^0 passed, 1 failed[^]*npm test -- dies\.test\.mjs\n/);
});

test("a process that is killed after a test of it failed is told too: node names the test alone", async (t) => {
  const { status, output } = await shownOf(t, {
    "both.test.mjs": `${head}
test("fails", () => { throw new Error("no"); });
test("dies", () => new Promise(() => setTimeout(() => process.kill(process.pid, "SIGKILL"), 300)));
test("never began", () => {});`,
  });
  assert.equal(status, 1);
  assert.match(summaryOf(output), /^0 passed, 2 failed/);
  assert.match(output, /FAILED {2}both\.test\.mjs\n {2}It ended before its tests did\.\n {2}It was running: dies\n/);
});

test("a process that ends well before its tests have is a failure", async (t) => {
  const { status, output } = await shownOf(t, {
    "leaves.test.mjs": `${head}
test("first", () => {});
test("second", () => new Promise((resolve) => setTimeout(() => process.exit(0), 300)));
test("third", () => {});`,
  });
  assert.equal(status, 1, output);
  assert.match(output, /FAILED {2}leaves\.test\.mjs\n {2}It ended before its tests did\.\n/);
});

test("a process that ends well before its tests have is a failure whoever reports it", async (t) => {
  for (const name of ["spec", "tap"]) {
    const { options } = readCommand(["--reporter", name, "scripts/test"]) as TestCommand;
    const body = `${head}test("first", () => process.exit(0)); test("second", () => {});`;
    const { status, output } = await shownOf(t, { "left.test.mjs": body }, [...options]);
    assert.equal(status, 1, output);
    assert.equal((await shownOf(t, { "well.test.mjs": `${head}test("well", () => {});` }, [...options])).status, 0);
  }
});

test("a file that cannot be read is told with why", async (t) => {
  const { status, output } = await shownOf(t, { "broken.test.mjs": 'import "./nowhere.mjs";' });
  assert.equal(status, 1);
  assert.match(
    output,
    /FAILED {2}broken\.test\.mjs\n {2}Its process ended with exit status 1\.[^]*Cannot find module.*nowhere/,
  );
});

test("a file without a test is a failure", async (t) => {
  const { status, output } = await shownOf(t, {
    "empty.test.mjs": "",
    "one.test.mjs": `${head}test("well", () => {});`,
  });
  assert.equal(status, 1, output);
  assert.match(output, /FAILED {2}empty\.test\.mjs\n {2}It holds no test/);
});

test("a test that takes too long is told so", async (t) => {
  const { status, output } = await shownOf(t, {
    "hangs.test.mjs": `${head}test("hangs", { timeout: 50 }, () => new Promise((resolve) => setTimeout(resolve, 500)));`,
  });
  assert.equal(status, 1);
  assert.match(output, /FAILED {2}hangs\.test\.mjs:2 {2}hangs\n {2}test timed out after 50ms/);
});

test("an error after a test's end is told, and fails", async (t) => {
  const { status, output } = await shownOf(t, {
    "late.test.mjs": `${head}test("leaves something", () => { setTimeout(() => Promise.reject(new Error("too late")), 50); });`,
  });
  assert.equal(status, 1);
  assert.match(output, /"leaves something".*asynchronous activity after the test ended.*too late/);
  assert.match(summaryOf(output), /node says: .*too late[^]*late\.test\.mjs/);
});

test("a hook that fails is told", async (t) => {
  const { status, output } = await shownOf(t, {
    "hook.test.mjs": `${head}import { describe, before } from "node:test";
describe("all of it", () => { before(() => { throw new Error("no beginning"); }); test("one", () => {}); });`,
  });
  assert.equal(status, 1);
  assert.match(output, /FAILED[^]*no beginning/);
});

test("a hook that fails when all tests of its file went well is told", async (t) => {
  const { status, output } = await shownOf(t, {
    "hook.test.mjs": `${head}import { after } from "node:test";
test("one", () => {});
after(() => { throw new Error("no end"); });`,
    "well.test.mjs": `${head}test("well", () => {});`,
  });
  assert.equal(status, 1);
  assert.match(output, /FAILED {2}hook\.test\.mjs:4[^]*no end/);
  assert.match(summaryOf(output), /^2 passed, 1 failed[^]*Failed; [^]* hook\.test\.mjs\n/);
});

test("what was skipped is told with its reasons, and what is to do by name", async (t) => {
  const { status, output } = await shownOf(t, {
    "some.test.mjs": `${head}
for (const n of [1, 2, 3]) test("needs it " + n, { skip: "../shared is not on this machine" }, () => {});
test("without", { skip: true }, () => {});
test("well", () => {});
test("not yet", { todo: true }, () => { throw new Error("not yet"); });`,
  });
  assert.equal(status, 0, output);
  assert.match(summaryOf(output), /^1 passed, 0 failed, 4 skipped, 1 to do/);
  assert.match(output, /^Skipped 3: \.\.\/shared is not on this machine$/m);
  assert.match(output, /^Skipped 1: no reason given$/m);
  assert.match(output, /^To do: not yet$/m);
});

test("an `only` that was left is told", async (t) => {
  const body = `${head}test("alone", { only: true }, async (t) => { t.runOnly(true); await t.test("in", () => {}); });`;
  const { output } = await shownOf(t, { "only.test.mjs": body });
  assert.match(summaryOf(output), /node says: .*only.*--test-only/);
});

test("it is a failure that no test has the name", async (t) => {
  const body = `${head}test("well", () => {});`;
  const { status, output } = await shownOf(t, { "one.test.mjs": body }, ["--test-name-pattern=^other$"]);
  assert.equal(status, 1, output);
  assert.match(output, /No test ran\./);
});

test("a run that is stopped tells what had failed and what it was at, and fails", async (t) => {
  const body = `${head}test("fails", () => { throw new Error("before the stop"); });
test("goes on", () => new Promise((resolve) => setTimeout(resolve, 10_000)));`;
  const { status, output, errors } = await shownOf(t, { "stopped.test.mjs": body }, [], /before the stop/);
  assert.notEqual(status, 0, output);
  assert.equal(errors, "", "no error of node's own behind it");
  assert.match(
    output,
    /^Interrupted: 0 of 1 files, 0 passed, 1 failed, [\d.]+ s: stopped\.test\.mjs\n0 passed, 1 failed/m,
  );
  assert.match(summaryOf(output), /stopped\.test\.mjs > fails\n/);
});

test("on a terminal one line is written anew, and no longer than it is wide", async (t) => {
  const screen = "{ rewritable: true, columns: 60, everyMs: 20 }";
  const { output } = await shownOf(t, { ...slow, "screen.mjs": onScreen(screen) }, ["--test-reporter=./screen.mjs"]);
  const lines = output.split("\r\u001B[2K");
  assert.ok(lines.length > 5, output);
  for (const line of lines.slice(0, -1)) assert.ok(line.length < 60 && !line.includes("\n"), line);
  assert.match(output, /0 of 1 files, 0 passed, none failed, 0\.\d s: slow-wi/);
  assert.match(lines.at(-1)!, /^1 passed/);
});

test("elsewhere it says now and then how far it is, and what runs", async (t) => {
  const screen = "{ rewritable: false, columns: 60, everyMs: 100 }";
  const { output } = await shownOf(t, { ...slow, "screen.mjs": onScreen(screen) }, ["--test-reporter=./screen.mjs"]);
  assert.match(output, /^0 of 1 files, 0 passed, none failed, 0\.\d s: slow-with-a-long-name\.test\.mjs\n/);
  assert.ok(!output.includes("\r"));
});

const slow = {
  "slow-with-a-long-name.test.mjs": `${head}test("slow", () => new Promise((resolve) => setTimeout(resolve, 500)));`,
};

function onScreen(screen: string): string {
  return `import { reporterOn } from ${JSON.stringify(reporter)}; export default reporterOn(${screen});`;
}
