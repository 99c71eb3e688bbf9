// Reading and checking as a ratio to saxes tokenising the same message in the same run, in turns, and the highest memory
// as a ratio to the size of the files held; then messages against one another (comparisons.ts). saxes is asked for nothing but well-formedness: no namespaces, no events.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isWithin, table } from "../../../bench/measure.ts";
import { slowestDamaged } from "./damaged.ts";
import { comparisons } from "./comparisons.ts";
import { type Subject, subjects } from "./subjects.ts";
import { ratioInTurns } from "./turns.ts";

/** Some messages, not against one another, and with room: what a busy machine, and half the warming up, do not disturb. */
const { quick: isQuick, only } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
}).values;
const isAsked = ({ name }: { name: string }): boolean => name.includes(only) && (!isQuick || quickly.has(name));
const quickly = new Set(["2.6 MB, a report", "2 MB, 1,000 Observations", "the same as JSON / saxes on the XML"]);
const room = isQuick ? { time: 2, memory: 1.5 } : { time: 1, memory: 1 };

/** The slowest of the damaged messages as a ratio to the one it was made of. */
const boundOfDamaged = 3;
/**
 * Rounds that are not counted. What is measured is a receiver that runs for days: V8 takes some 2,000 small messages to make
 * fast code of 500 rules, and until then the figures of one run and the next differ by a third.
 */
const warmUp = isQuick ? 10 : 50;

function timeOf({ message, xml, maxBytes, times, rounds: usual }: Subject): Promise<number> {
  const rounds = isQuick ? 7 : usual;
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
  for (const subject of subjects().filter(isAsked)) {
    const { name } = subject;
    const bounds = { time: subject.bounds.time * room.time, memory: subject.bounds.memory * room.memory };
    const time = await timeOf(subject);
    const memory = memoryOf(subject, folder);
    const isFast = isWithin(name, "time / saxes", time, { atMost: bounds.time });
    const within = isWithin(name, "memory / files held", memory, { atMost: bounds.memory }) && isFast;
    const cell = (value: number, bound: number): string => `${value.toFixed(1)} (${bound})`;
    rows.push([name, cell(time, bounds.time), cell(memory, bounds.memory), within ? "" : "OVER THE BOUND"]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

const compared: string[][] = [];
for (const { name, ratio, bound } of comparisons().filter(isAsked)) {
  const time = await ratio();
  const within = isWithin(name, "time / time", time, { atMost: bound });
  compared.push([name, `${time.toFixed(2)} (${bound})`, within ? "" : "OVER THE BOUND"]);
}

const formats = (["xml", "json"] as const).filter((format) => isAsked({ name: `damaged ${format}` }));
const slowest = formats.map((format) => {
  const { number, time } = slowestDamaged(format);
  const within = isWithin(`damaged ${format} ${number}`, "time / undamaged", time, { atMost: boundOfDamaged });
  return [`${format} ${number}`, `${time.toFixed(1)} (${boundOfDamaged})`, within ? "" : "OVER THE BOUND"];
});

const tables = [
  { head: ["message", "time / saxes (bound)", "memory / files held (bound)", ""], found: rows },
  { head: ["message against message", "time / time (bound)", ""], found: compared },
  { head: ["slowest of 20,000 damaged", "time / undamaged (bound)", ""], found: slowest },
];
const shown = tables.filter(({ found }) => found.length > 0).map(({ head, found }) => table(head, found));
if (shown.length === 0) throw new Error(`No row has ${JSON.stringify(only)} in its name.`);
process.stdout.write(`${shown.join("\n\n")}\n`);
