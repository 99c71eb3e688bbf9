import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/", import.meta.url));

test("of the practice the pages take types alone: they run over anything that keeps its interface", () => {
  const files = globSync("**/*.ts", { cwd: source });
  assert.ok(files.length > 10);
  let taken = 0;
  for (const file of files) {
    for (const [statement] of readFileSync(`${source}${file}`, "utf8").matchAll(
      /^(?:import|export)\b[^;]*"@restante\/practice";/gm,
    )) {
      taken += 1;
      assert.match(statement, /^(?:import|export) type /, file);
    }
  }
  assert.ok(taken > 5);
});
