// Computes docs/requirements.md. `npm run requirements` runs the tests that carry requirements, and writes it. With
// `--check` it is held against the record of a run of all tests, which `npm test` does at its end.
import { readFileSync, writeFileSync } from "node:fs";
import { rules } from "../packages/itk3/src/check/rules.ts";
import { everyRequirement } from "./requirements/every.ts";
import { idle } from "./requirements/idle.ts";
import { pagePath, requirementsPage } from "./requirements/page.ts";
import { reasons } from "./requirements/reasons.ts";
import { shown } from "./requirements/shown.ts";
import { readCommand } from "./testing/command.ts";
import { readRecord, tellsOfTags } from "./testing/record.ts";
import { recordPath, runTests } from "./testing/run-tests.ts";

const isCheck = process.argv.includes("--check");
if (!tellsOfTags(process.versions.node)) {
  console.log(`This Node.js (${process.version}) does not tell what tests carry: ${pagePath} was not looked at.`);
  process.exit(isCheck ? 0 : 1);
}
if (!isCheck) await runThoseThatCarryRequirements();
const tests = readRecord(readFileSync(recordPath, "utf8"));
const { rows, faults } = shown({ requirements: everyRequirement, rules, reasons, tests });
faults.push(...idle(tests, (file) => readFileSync(file, "utf8")));
const page = requirementsPage(rows);
// No process.exit() from here on: it could cut off what is said to a pipe.
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exitCode = 1;
} else if (!isCheck) {
  writeFileSync(pagePath, page);
} else if (readFileSync(pagePath, "utf8") !== page) {
  console.error(`${pagePath} is not what this run makes of it: npm run requirements writes it anew.`);
  process.exitCode = 1;
}

async function runThoseThatCarryRequirements(): Promise<void> {
  const every = readCommand([]);
  if (typeof every === "string") throw new Error(every);
  const files = every.files.filter((file) => /\btags(?::| })/.test(readFileSync(file, "utf8")));
  const status = await runTests({ ...every, files }, true);
  if (status !== 0) process.exit(status);
}
