// Reading and checking as a ratio to saxes tokenising the same message in the same run, in turns, and the highest memory
// as a ratio to the size of the files held; then messages against one another (comparisons.ts). saxes is asked for nothing but well-formedness: no namespaces, no events.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "../../../bench/measure.ts";
import { slowestDamaged } from "./damaged.ts";
import { comparisons } from "./comparisons.ts";
import { type Subject, subjects } from "./subjects.ts";
import { ratioInTurns } from "./turns.ts";

/** The slowest of the damaged messages as a ratio to the one it was made of. */
const boundOfDamaged = 3;
/**
 * Rounds that are not counted. What is measured is a receiver that runs for days: V8 takes some 2,000 small messages to make
 * fast code of 500 rules, and until then the figures of one run and the next differ by a third.
 */
const warmUp = 50;

function timeOf({ message, xml, maxBytes, times, rounds }: Subject): Promise<number> {
  const whole = { kind: "whole", bytes: message, maxBytes, times } as const;
  const tokens = { kind: "tokens", bytes: xml, maxBytes, times } as const;
  return ratioInTurns(whole, tokens, rounds, warmUp);
}

const peak = fileURLToPath(new URL("peak.ts", import.meta.url));

// Memory is measured as a receiver has it.
const flags = process.execArgv.filter((flag) => flag !== "--single-threaded-gc");

function memoryOf({ message, maxBytes, held }: Subject, folder: string): number {
  const path = join(folder, "message");
  writeFileSync(path, message);
  const words = [peak, path, String(maxBytes), String(held)];
  return Number(execFileSync(process.execPath, [...flags, ...words], { encoding: "utf8" }));
}

const rows: string[][] = [];
const folder = mkdtempSync(join(tmpdir(), "restante-bench-"));
try {
  for (const subject of subjects()) {
    const { name, bounds } = subject;
    const time = await timeOf(subject);
    const memory = memoryOf(subject, folder);
    const within = time <= bounds.time && memory <= bounds.memory;
    if (!within) process.exitCode = 1;
    const cell = (value: number, bound: number): string => `${value.toFixed(1)} (${bound})`;
    rows.push([name, cell(time, bounds.time), cell(memory, bounds.memory), within ? "" : "OVER THE BOUND"]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

const compared: string[][] = [];
for (const { name, of, to, things = 1, rounds, warmUp: unmeasured, bound } of comparisons()) {
  const time = (await ratioInTurns(of, to, rounds, unmeasured)) / things;
  const within = time <= bound;
  if (!within) process.exitCode = 1;
  compared.push([name, `${time.toFixed(2)} (${bound})`, within ? "" : "OVER THE BOUND"]);
}

const slowest = (["xml", "json"] as const).map((format) => {
  const { number, time } = slowestDamaged(format);
  const within = time <= boundOfDamaged;
  if (!within) process.exitCode = 1;
  return [`${format} ${number}`, `${time.toFixed(1)} (${boundOfDamaged})`, within ? "" : "OVER THE BOUND"];
});

const tables = [
  table(["message", "time / saxes (bound)", "memory / files held (bound)", ""], rows),
  table(["message against message", "time / time (bound)", ""], compared),
  table(["slowest of 20,000 damaged", "time / undamaged (bound)", ""], slowest),
];
process.stdout.write(`${tables.join("\n\n")}\n`);
