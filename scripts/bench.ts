// Runs the measurements of a package against their bounds: `npm run bench -- NAME`; all of them without a name.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const measured = readdirSync(packages).filter((name) => existsSync(`${packages}${name}/bench/main.ts`));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !measured.includes(name));
if (unknown.length > 0) {
  console.error(`No measurements of ${unknown.join(", ")}. There are some of: ${measured.join(", ")}.`);
  process.exit(2);
}

for (const name of asked.length === 0 ? measured : asked) {
  console.log(`${name}:`);
  const words = ["--conditions=@restante/source", `${packages}${name}/bench/main.ts`];
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
