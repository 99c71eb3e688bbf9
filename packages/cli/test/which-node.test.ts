import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./support/at-end.ts";

const top = fileURLToPath(new URL("../../../", import.meta.url));
const here = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const asOlderNode =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.0'}})";

/** A checkout without the project's own Node.js: none is published for this platform, or it was left out. */
async function checkout(t: TestContext, published: boolean): Promise<string> {
  const folder = await temporaryFolder(t);
  const files = ["packages/cli/bin/restante.mjs", "packages/cli/bin/which-node.mjs", "scripts/on-node.mjs"];
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(join(top, file), join(folder, file));
  }
  const optionalDependencies = published ? { [`node-${here}`]: "24.0.0" } : { "node-plan9-mips": "24.0.0" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", optionalDependencies }));
  await mkdir(join(folder, "packages/cli/src"));
  const says =
    "const words: string[] = process.argv.slice(2); console.log(`on ${process.version}: ${words.join(' ')}`);";
  await writeFile(join(folder, "packages/cli/src/main.ts"), says);
  await writeFile(join(folder, "scripts/script.ts"), `${says} process.exitCode = 3;`);
  return folder;
}

interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

function run(folder: string, words: string[], options: string[] = []): Ran {
  return spawnSync(process.execPath, [...options, ...words], { cwd: folder, encoding: "utf8" });
}

const npmStart = ["packages/cli/bin/restante.mjs", "up"];
const npmTest = ["scripts/on-node.mjs", "scripts/script.ts", "word"];

test("where no Node.js comes for the platform, the one at hand runs it and is named once", async (t) => {
  const folder = await checkout(t, false);
  const named = new RegExp(
    `^restante: Node\\.js ${process.versions.node} \\(.*\\) runs this: none comes with the project for ${process.platform} ${process.arch}\\.\n$`,
  );
  const start = run(folder, npmStart);
  assert.equal(start.stdout, `on ${process.version}: up\n`);
  assert.match(start.stderr, named);
  const script = run(folder, npmTest);
  assert.deepEqual([script.status, script.stdout], [3, `on ${process.version}: word\n`], script.stderr);
  assert.match(script.stderr, named);
});

test("no other command names it: its output is read by programs", async (t) => {
  const { stdout, stderr } = run(await checkout(t, false), ["packages/cli/bin/restante.mjs", "check"]);
  assert.deepEqual([stdout, stderr], [`on ${process.version}: check\n`, ""]);
});

test("where the project's own was left out, the one at hand is named with what brings it", async (t) => {
  const { stdout, stderr } = run(await checkout(t, true), npmStart);
  assert.match(stdout, /^on v/);
  assert.match(stderr, /runs this: the one that comes with the project is not installed \(npm ci brings it\)\.\n$/);
});

for (const [what, words] of [
  ["npm start", npmStart],
  ["npm test", npmTest],
] as const) {
  test(`an older Node.js at hand is told what to install by ${what}`, async (t) => {
    const none = run(await checkout(t, false), words, ["--import", asOlderNode]);
    assert.deepEqual([none.status, none.stdout], [1, ""]);
    assert.match(
      none.stderr,
      /^restante: needs Node\.js 24\.11 or later; this is 20\.19\.0\.\nnone comes.*install Node\.js 24/i,
    );
    const leftOut = run(await checkout(t, true), words, ["--import", asOlderNode]);
    assert.deepEqual([leftOut.status, leftOut.stdout], [1, ""]);
    assert.match(leftOut.stderr, /`npm ci` without `--omit=optional`/);
  });
}
