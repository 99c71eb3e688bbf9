// Emits the publishable packages: compiled sources, and beside them the files that sources read (pages, schemas, tables).
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const packages = readdirSync("packages").filter((name) => name !== "testbed");

for (const name of packages) {
  const folder = join("packages", name);
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  rmSync(join(folder, "tsconfig.tsbuildinfo"), { force: true });
}

const compiled = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "tsconfig.build.json"], {
  stdio: "inherit",
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

for (const name of packages) {
  const folder = join("packages", name);
  cpSync(join(folder, "src"), join(folder, "dist"), {
    recursive: true,
    filter: (file) => !file.endsWith(".ts"),
  });
}
cpSync("examples", "packages/cli/dist/examples", { recursive: true });
cpSync("docs/schemas", "packages/cli/dist/schemas", { recursive: true });

console.log(`Built ${packages.length} packages.`);
