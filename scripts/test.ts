// Runs the tests, real parts and all: `npm test [-- FILE-OR-FOLDER ... | --reporter NAME | node test options]`.
import { spawn } from "node:child_process";
import { atOnce, longestFirst, readCommand } from "./testing/command.ts";
import { boundCompiledCode } from "./testing/compiled-code.ts";
import { timeText } from "./testing/words.ts";

const FAST_MS = 60_000;

const command = readCommand(process.argv.slice(2));
if (typeof command === "string") {
  console.error(command);
  process.exit(2);
}

boundCompiledCode("node_modules/.cache/compiled");
// Which of the tests' processes keep their code is for keep-compiled.mjs to say.
const { NODE_COMPILE_CACHE: _, ...environment } = process.env;

const start = performance.now();
const child = spawn(
  process.execPath,
  [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    `--import=${new URL("testing/keep-compiled.mjs", import.meta.url).href}`,
    "--test",
    `--test-concurrency=${atOnce()}`,
    "--test-timeout=600000",
    ...command.options,
    ...longestFirst(command.files),
  ],
  { stdio: "inherit", env: environment },
);
// Ctrl-C comes to both: it is for the tests to end, and to say what they were at.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill());
child.on("exit", (code) => {
  if (command.fast) tellOfFast(command.leftOut.length);
  process.exit(code ?? 1);
});

function tellOfFast(leftOut: number): void {
  console.log(`Left out: ${leftOut} files that start processes or a browser, or take long. npm test runs them all.`);
  const milliseconds = performance.now() - start;
  if (milliseconds <= FAST_MS) return;
  console.log(
    `This is to take less than a minute, and took ${timeText(milliseconds)}: if no other work slowed it down,`,
  );
  console.log("name the slowest files above in scripts/testing/slow-files.ts.");
}
