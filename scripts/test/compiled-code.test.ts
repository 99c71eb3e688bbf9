import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { boundCompiledCode } from "../testing/compiled-code.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-compiled-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where the process of a test, and one that it starts, keep compiled code: as npm test runs it. */
function keptIn(t: TestContext, imports: string): string[] {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "work.ts"), "export const work: number = 1;\n");
  writeFileSync(join(folder, "other.ts"), "export const other: number = 1;\n");
  writeFileSync(
    join(folder, "one.test.ts"),
    `import { other } from "./${imports}";
     import { spawnSync } from "node:child_process";
     import { test } from "node:test";
     import { getCompileCacheDir } from "node:module";
     const child = ["-p", "'its child: ' + require('node:module').getCompileCacheDir()"];
     test("says where", () => {
       console.log("itself: " + getCompileCacheDir());
       spawnSync(process.execPath, child, { stdio: "inherit" });
     });`.replace("other }", imports === "work.ts" ? "work }" : "other }"),
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = ["scripts/test.ts", join(folder, "one.test.ts"), "--reporter", "tap"];
  const { status, stdout } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...env, NODE_COMPILE_CACHE: join(folder, "cache of somebody's own") },
  });
  assert.equal(status, 0, stdout);
  return Array.from(stdout.matchAll(/(itself|its child): .*/g), ([line]) => line);
}

test("the compiled code of a test, and of what it starts, is kept", (t) => {
  const [itself, child] = keptIn(t, "other.ts");
  assert.match(itself!, /^itself: .*node_modules\/\.cache\/compiled/);
  assert.match(child!, /^its child: .*node_modules\/\.cache\/compiled/);
});

test("a test that counts how often its code runs takes none that was compiled before", (t) => {
  assert.deepEqual(keptIn(t, "work.ts"), ["itself: undefined", "its child: undefined"]);
});

test("what is kept is bounded", (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), "");
  boundCompiledCode(folder, 3);
  assert.ok(existsSync(folder));
  boundCompiledCode(folder, 2);
  assert.ok(!existsSync(folder));
  boundCompiledCode(folder, 2);
});
