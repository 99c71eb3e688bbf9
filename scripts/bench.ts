// Runs measurements against their bounds: `npm run bench -- NAME ...`; all of them without a name. A package's own are
// in packages/NAME/bench/main.ts, those of several packages in bench/NAME.ts.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../", import.meta.url));
const measurements = new Map<string, string>();
for (const name of readdirSync(`${top}packages`)) measurements.set(name, `${top}packages/${name}/bench/main.ts`);
for (const name of ["server"]) measurements.set(name, `${top}bench/${name}.ts`);
const measured = Array.from(measurements.keys()).filter((name) => existsSync(measurements.get(name) ?? ""));

/**
 * Garbage gathered by several threads together takes, on a busy machine, half as much processor time again, and another figure in
 * each run (docs/decisions/171-readings-measured.md).
 */
const flags: Readonly<Record<string, readonly string[]>> = { itk3: ["--single-threaded-gc"] };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !measured.includes(name));
if (unknown.length > 0) {
  console.error(`No measurements of ${unknown.join(", ")}. There are some of: ${measured.join(", ")}.`);
  process.exit(2);
}

for (const name of asked.length === 0 ? measured : asked) {
  console.log(`${name}:`);
  const words = [
    ...(flags[name] ?? []),
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    measurements.get(name) ?? "",
  ];
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
