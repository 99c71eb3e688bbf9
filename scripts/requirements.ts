// Computes docs/requirements.md. `npm run requirements` runs the tests that carry requirements, and writes it. With
// `--check` it is held against the record of a run of all tests, which `npm test` does at its end.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { rules } from "../packages/itk3/src/check/rules.ts";
import { everyRequirement } from "./requirements/every.ts";
import { pagePath, requirementsPage } from "./requirements/page.ts";
import { reasons } from "./requirements/reasons.ts";
import { shown } from "./requirements/shown.ts";
import { readCommand } from "./testing/command.ts";
import { readRecord } from "./testing/record.ts";
import { recordPath, runTests } from "./testing/run-tests.ts";

const isCheck = process.argv.includes("--check");
if (!isCheck) await runThoseThatCarryRequirements();
const tests = readRecord(readFileSync(recordPath, "utf8"));
if (tests.length === 0) {
  console.log(`This Node.js (${process.version}) does not tell what tests carry: ${pagePath} was not looked at.`);
  process.exit(isCheck ? 0 : 1);
}
const { rows, faults } = shown({ requirements: everyRequirement, rules, reasons, tests });
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
const page = requirementsPage(rows);
if (!isCheck) {
  writeFileSync(pagePath, page);
} else if (readFileSync(pagePath, "utf8") !== page) {
  console.error(`${pagePath} is not what this run makes of it: npm run requirements writes it anew.`);
  process.exit(1);
}

async function runThoseThatCarryRequirements(): Promise<void> {
  const files = globSync("packages/*/test/**/*.test.ts").filter((file) =>
    /\btags: \[/.test(readFileSync(file, "utf8")),
  );
  const command = readCommand(files);
  if (typeof command === "string") throw new Error(command);
  const status = await runTests(command, true);
  if (status !== 0) process.exit(status);
}
