import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { atOnce, longestFirst, type TestCommand } from "./command.ts";
import { boundCompiledCode } from "./compiled-code.ts";

/** Where a run leaves its record of the tests that carry requirements. */
export const recordPath = "node_modules/.cache/requirements.jsonl";

/** Runs tests, and gives the exit status. With `recorded`, leaves a record at `recordPath`. */
export async function runTests({ options, files }: TestCommand, recorded: boolean): Promise<number> {
  boundCompiledCode("node_modules/.cache/compiled");
  mkdirSync(dirname(recordPath), { recursive: true });
  // Which of the tests' processes keep their code is for keep-compiled.mjs to say.
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--disable-warning=ExperimentalWarning",
      `--import=${new URL("keep-compiled.mjs", import.meta.url).href}`,
      "--test",
      `--test-concurrency=${atOnce()}`,
      "--test-timeout=600000",
      ...options,
      ...(recorded ? recordBeside(options) : []),
      ...longestFirst(files),
    ],
    { stdio: "inherit", env: environment },
  );
  // Ctrl-C comes to both: it is for the tests to end, and to say what they were at.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill());
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/** Two reporters need a destination each. */
function recordBeside(options: readonly string[]): string[] {
  const isAlone = !options.some((option) => option.startsWith("--test-reporter-destination="));
  return [
    ...(isAlone ? ["--test-reporter-destination=stdout"] : []),
    `--test-reporter=${new URL("record.ts", import.meta.url).href}`,
    `--test-reporter-destination=${recordPath}`,
  ];
}
