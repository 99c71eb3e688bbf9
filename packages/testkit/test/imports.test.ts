import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

/** What an entry imports, itself and through what it imports of ours: names of packages, and of what is part of Node.js. */
function reached(entry: string): Set<string> {
  const names = new Set<string>();
  const files = new Set<string>();
  const open = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const imports = readFileSync(file, "utf8").matchAll(
      /^(?:import|export)\b(?!\s+type\b)(?:[^;"']*?\bfrom)?\s*"([^"]+)"|^\} from "([^"]+)"/gm,
    );
    for (const [, named, last] of imports) {
      const name = named ?? last ?? "";
      if (name.startsWith(".")) open(fileURLToPath(new URL(name, `file://${file}`)));
      else {
        names.add(name);
        if (name.startsWith("@restante/")) open(fileURLToPath(import.meta.resolve(name)));
      }
    }
  };
  open(fileURLToPath(import.meta.resolve(entry)));
  return names;
}

test("the testkit works with any test runner: it imports none, neither itk3 nor a practice nor pages", () => {
  const names = Array.from(reached("@restante/testkit"));
  assert.ok(names.includes("@restante/mesh-server/development") && names.includes("fastify"), names.join());
  for (const name of ["itk3", "practice", "worklist", "web", "testbed"])
    assert.ok(!names.includes(`@restante/${name}`), name);
  assert.ok(!names.includes("node:test"));
  assert.ok(
    names.every((name) => name.startsWith("@restante/") || isBuiltin(name) || !/nunjucks|pdf|vitest|jest/.test(name)),
  );
});

test("patients need no server, and the economy adds itk3 alone", () => {
  const names = (entry: string): string[] => Array.from(reached(entry)).filter((name) => name.startsWith("@restante/"));
  assert.ok(!names("@restante/testkit/patients").some((name) => /mesh-server|itk3/.test(name)));
  const added = names("@restante/testkit/economy").filter((name) => !names("@restante/testkit").includes(name));
  assert.deepEqual(added, ["@restante/itk3"]);
  assert.ok(!reached("@restante/testkit/economy").has("node:test"));
});
