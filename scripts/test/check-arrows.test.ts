import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../check-arrows.ts", import.meta.url));

/** What is told of a workspace that has `mesh`, the package that may use nothing of ours, with one file. */
function told(t: TestContext, text: string, { name = "file.ts", manifest = {} } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-arrows-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "packages/mesh/src"), { recursive: true });
  writeFileSync(join(folder, "packages/mesh/package.json"), JSON.stringify({ name: "@restante/mesh", ...manifest }));
  writeFileSync(join(folder, "packages/mesh/tsconfig.json"), "{}");
  writeFileSync(join(folder, "packages/mesh/src", name), text);
  const { status, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: "utf8" });
  assert.equal(status === 0, stderr === "", stderr);
  return stderr;
}

for (const [how, text] of [
  ["an import", 'import { a } from "@restante/practice";'],
  ["an import of types", 'export type A = import("@restante/practice").A;'],
  ["an import behind a comment", '/* why */ import { a } from "@restante/practice";'],
  ["an import with a comment in it", 'await import(/* why */ "@restante/practice");'],
  [
    "an import in a method with a star",
    'class A {\n  *b(): unknown {\n    yield import("@restante/practice");\n  }\n}',
  ],
  ["an import on the line of a star", 'class A {\n  *b() { yield import("@restante/practice"); }\n}'],
  ["an import by a template", "await import(`@restante/${name}`);"],
  ["an import by a name that is given elsewhere", 'const name = "@restante/practice/x";\nawait import(name);'],
  ["a function that requires", 'createRequire(import.meta.url)("@restante/practice");'],
] as const) {
  test(`${how} of a package that may not be used is refused`, (t) => {
    assert.match(told(t, text), /packages\/mesh\/src\/file\.ts: imports @restante\/.*: mesh may use nothing of ours/);
  });
}

test("the files of another package are refused, however they are named", (t) => {
  for (const text of [
    'import { a } from "../../practice/src/index.ts";',
    'new Worker(new URL("../../practice/src/index.ts", import.meta.url));',
  ]) {
    assert.match(told(t, text), /imports \.\.\/\.\.\/practice\/src\/index\.ts, which is outside its package's src/);
  }
});

test("a file of another kind is read too", (t) => {
  for (const name of ["file.mts", "file.mjs", "file.js"]) {
    assert.match(told(t, 'import { a } from "@restante/practice";', { name }), /imports @restante\/practice: mesh may/);
  }
});

test("a package that may not be used is refused behind a name of the package's own, too", (t) => {
  const manifest = { imports: { "#it": { "@restante/source": "./src/it.ts", default: "@restante/practice" } } };
  assert.match(
    told(t, 'import { a } from "#it";', { manifest }),
    /packages\/mesh\/package\.json: imports @restante\/practice: mesh may use nothing of ours/,
  );
});

test("an example in a comment imports nothing", (t) => {
  const text = `/**
 * @example
 * import { a } from "@restante/practice";
 */
export const a = 1;
// import { b } from "@restante/practice";
`;
  assert.equal(told(t, text), "");
});
