// Runs measurements against their bounds: `npm run bench -- NAME ...`; all of them without a name. A package's own are
// in packages/NAME/bench/main.ts, those of several packages in bench/NAME/main.ts. From the first option on, words are for
// the measurements: `npm run bench -- server --only cycles`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../", import.meta.url));
const measurements = new Map<string, string>();
for (const name of readdirSync(`${top}packages`)) measurements.set(name, `${top}packages/${name}/bench/main.ts`);
for (const name of ["server"]) measurements.set(name, `${top}bench/${name}/main.ts`);
const measured = Array.from(measurements.keys()).filter((name) => existsSync(measurements.get(name) ?? ""));

const words = process.argv.slice(2);
const firstOption = words.findIndex((word) => word.startsWith("--"));
const asked = firstOption === -1 ? words : words.slice(0, firstOption);
const options = firstOption === -1 ? [] : words.slice(firstOption);
const unknown = asked.filter((name) => !measured.includes(name));
if (unknown.length > 0) {
  console.error(`No measurements of ${unknown.join(", ")}. There are some of: ${measured.join(", ")}.`);
  process.exit(2);
}

for (const name of asked.length === 0 ? measured : asked) {
  console.log(`${name}:`);
  const command = [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    measurements.get(name) ?? "",
    ...options,
  ];
  const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
