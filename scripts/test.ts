// Runs the tests, real parts and all: `npm test [-- FILE-OR-FOLDER ... | --reporter NAME | node test options]`. A run of all
// of them also shows whether docs/requirements.md is what they make of it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readCommand } from "./testing/command.ts";
import { runTests } from "./testing/run-tests.ts";
import { timeText } from "./testing/words.ts";

const FAST_MS = 60_000;

const command = readCommand(process.argv.slice(2));
if (typeof command === "string") {
  console.error(command);
  process.exit(2);
}

const start = performance.now();
const status = await runTests(command, command.whole);
if (command.fast) tellOfFast(command.leftOut.length);
process.exit(status === 0 && command.whole ? holdRequirements() : status);

/** In a process of its own, which reads the packages' sources. */
function holdRequirements(): number {
  const script = fileURLToPath(new URL("requirements.ts", import.meta.url));
  const words = ["--conditions=@restante/source", script, "--check"];
  return spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1;
}

function tellOfFast(leftOut: number): void {
  console.log(`Left out: ${leftOut} files that start processes or a browser, or take long. npm test runs them all.`);
  const milliseconds = performance.now() - start;
  if (milliseconds <= FAST_MS) return;
  console.log(
    `This is to take less than a minute, and took ${timeText(milliseconds)}: if no other work slowed it down,`,
  );
  console.log("name the slowest files above in scripts/testing/slow-files.ts.");
}
