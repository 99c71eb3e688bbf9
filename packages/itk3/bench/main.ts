// Reading and checking as a ratio to saxes tokenising the same message in the same run, in turns, and the highest memory
// as a ratio to the size of the files held. saxes is asked for nothing but well-formedness: no namespaces, no events.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { median, table } from "../../../bench/measure.ts";
import { slowestDamaged } from "./damaged.ts";
import { type Subject, subjects } from "./subjects.ts";
import type { Task } from "./work.ts";

/** The slowest of the damaged messages as a ratio to the one it was made of. */
const boundOfDamaged = 3;
/**
 * Rounds that are not counted. What is measured is a receiver that runs for days: V8 takes some 2,000 small messages to make
 * fast code of 500 rules, and until then the figures of one run and the next differ by a third.
 */
const warmUp = 50;

async function timeOf({ message, xml, maxBytes, times, rounds }: Subject): Promise<number> {
  const start = (kind: Task["kind"], bytes: Uint8Array): Worker =>
    new Worker(new URL("work.ts", import.meta.url), { workerData: { kind, bytes, maxBytes } satisfies Task });
  const tokens = start("tokens", xml);
  const whole = start("whole", message);
  const ask = async (worker: Worker): Promise<number> => {
    worker.postMessage(times);
    const [took] = (await once(worker, "message")) as [number];
    return took;
  };
  try {
    const ratios: number[] = [];
    for (let round = -warmUp; round < rounds; round += 1) {
      const [least, took] = [await ask(tokens), await ask(whole)];
      if (round >= 0) ratios.push(took / least);
    }
    return median(ratios);
  } finally {
    await Promise.all([tokens.terminate(), whole.terminate()]);
  }
}

const peak = fileURLToPath(new URL("peak.ts", import.meta.url));

function memoryOf({ message, maxBytes, held }: Subject, folder: string): number {
  const path = join(folder, "message");
  writeFileSync(path, message);
  const words = [peak, path, String(maxBytes), String(held)];
  return Number(execFileSync(process.execPath, [...process.execArgv, ...words], { encoding: "utf8" }));
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

const slowest = (["xml", "json"] as const).map((format) => {
  const { number, time } = slowestDamaged(format);
  const within = time <= boundOfDamaged;
  if (!within) process.exitCode = 1;
  return [`${format} ${number}`, `${time.toFixed(1)} (${boundOfDamaged})`, within ? "" : "OVER THE BOUND"];
});

const tables = [
  table(["message", "time / saxes (bound)", "memory / files held (bound)", ""], rows),
  table(["slowest of 20,000 damaged", "time / undamaged (bound)", ""], slowest),
];
process.stdout.write(`${tables.join("\n\n")}\n`);
