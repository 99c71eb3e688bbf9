// The TypeScript of every page: a block that is a program of its own is run as it stands; one that takes something as
// given (`<!-- given: ... -->` above it) is checked against the sources.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type CodeBlock, codeBlocks, pages, top } from "./pages.ts";

const run = promisify(execFile);
const blocks = pages()
  .flatMap(codeBlocks)
  .filter(({ language }) => language === "ts");
const programs = blocks.filter(({ given }) => given === undefined);

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "restante-pages-"));
  await symlink(join(top, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
});
after(() => rm(folder, { recursive: true, force: true }));

test("the TypeScript of every page fits the packages that it is about", async () => {
  assert.ok(blocks.length > 10);
  const checked = join(folder, "checked");
  await mkdir(checked);
  for (const block of blocks) await writeFile(join(checked, fileName(block)), source(block));
  const options = {
    composite: false,
    declaration: false,
    isolatedDeclarations: false,
    noEmit: true,
    noUnusedLocals: false,
    moduleDetection: "force",
  };
  const config = { extends: join(top, "tsconfig.base.json"), compilerOptions: options, include: ["checked"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(top, "node_modules", "typescript", "bin", "tsc");
  const problems = await run(process.execPath, [compiler, "-p", folder]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  assert.equal(problems, "");
});

for (const block of programs) {
  test(`the program at ${block.page}:${block.line} runs as it stands, and prints what it says`, async () => {
    const home = await mkdtemp(join(folder, "program-"));
    const file = join(home, "program.ts");
    await writeFile(file, block.code);
    const words = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", file];
    const { stdout } = await run(process.execPath, words, { cwd: home, timeout: 120_000 });
    const told = printed(block);
    if (told !== undefined) assert.deepEqual(stdout.trimEnd().split("\n"), told);
  });
}

/** What stands behind `// prints:` at its end, a line each. */
function printed({ code }: CodeBlock): string[] | undefined {
  const [, told] = code.split("\n// prints:\n");
  return told
    ?.trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\/\/ /, ""));
}

function source({ given = "", code }: CodeBlock): string {
  const imports = given.split("\n").filter((line) => line.startsWith("import "));
  const declared = given.split("\n").filter((line) => !line.startsWith("import "));
  return [...imports, ...declared, code].join("\n");
}

/** Named so that what the compiler says leads to the page. */
function fileName({ page, line }: CodeBlock): string {
  return `${page.replaceAll("/", "--").replace(/\.md$/, "")}--line-${line}.ts`;
}
