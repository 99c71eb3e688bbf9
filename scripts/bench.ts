// Runs measurements against their bounds: `npm run bench -- NAME ...`; without a name, all that take no longer than every
// day allows. From the first option on, words are for the measurements: `npm run bench -- server --only cycles`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Measurement, measurements } from "./measurements.ts";

const words = process.argv.slice(2);
const firstOption = words.findIndex((word) => word.startsWith("--"));
const asked = firstOption === -1 ? words : words.slice(0, firstOption);
const options = firstOption === -1 ? [] : words.slice(firstOption);
const isQuick = options.includes("--quick");

if (options.includes("--help")) {
  console.log(help());
  process.exit();
}
const unknown = asked.filter((name) => measurements[name] === undefined);
if (unknown.length > 0) {
  refuse(`No measurements of ${unknown.join(", ")}. There are: ${Object.keys(measurements).join(", ")}.`);
}
const slow = asked.filter((name) => measurements[name]?.quick === undefined);
if (isQuick && slow.length > 0) refuse(`There is no --quick of ${slow.join(", ")}.`);
if (asked.length === 0 && options.some((word) => word !== "--quick")) {
  refuse(`${options.join(" ")} is for one measurement: name it before.`);
}

const missed: string[] = [];
const began = performance.now();
for (const [name, measurement] of Object.entries(measurements)) if (isWanted(name, measurement)) run(name, measurement);
console.log(`\nTook ${seconds(began)}.`);
if (missed.length > 0) {
  console.log(`Not within bounds, or not measured to the end: ${missed.join(", ")}. See above for which.`);
  process.exitCode = 1;
}

function refuse(why: string): never {
  console.error(why);
  console.error("npm run bench -- --help says what each is.");
  process.exit(2);
}

function isWanted(name: string, { namedOnly = false, quick }: Measurement): boolean {
  if (asked.length > 0) return asked.includes(name);
  return isQuick ? quick !== undefined : !namedOnly;
}

function run(name: string, { file, flags = [] }: Measurement): void {
  console.log(`${name}:`);
  const start = performance.now();
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const command = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", ...flags, path];
  const { status } = spawnSync(process.execPath, [...command, ...options], { stdio: "inherit" });
  console.log(`  (${name}: ${seconds(start)})`);
  if (status !== 0) missed.push(name);
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

function help(): string {
  const each = Object.entries(measurements).map(([name, { what, takes, bounds, namedOnly = false, quick, options }]) =>
    [
      `  ${name}: ${what}`,
      `    takes ${takes}${namedOnly ? "; only where it is named" : ""}`,
      ...bounds.map((bound) => `    bound: ${bound}`),
      ...(quick === undefined ? [] : [`    --quick: ${quick}`]),
      ...(options === undefined ? [] : [`    options: ${options}`]),
    ].join("\n"),
  );
  return [
    "npm run bench                       all but those that run only where they are named: at most 15 minutes",
    "npm run bench -- NAME ... [OPTION]  these",
    "npm run bench -- --quick            what a busy machine does not disturb, in at most 2 minutes",
    "",
    "The exit code is 1 if a bound is not kept: the row, its figure and the bound are told.",
    "",
    ...each,
  ].join("\n");
}
