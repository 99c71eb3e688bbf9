// Reading and checking as a ratio to saxes tokenising the same message in the same run, and the highest memory as a
// ratio to the size of the file. saxes is asked for nothing but well-formedness: no namespaces, no events.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SaxesParser } from "saxes";
import { check, readMessage } from "@restante/itk3";
import { ratio, table, takeTurns } from "../../../bench/measure.ts";
import { slowestDamaged } from "./damaged.ts";
import { type Subject, subjects } from "./subjects.ts";

/** The slowest of the damaged messages as a ratio to the one it was made of. */
const boundOfDamaged = 3;
const decoder = new TextDecoder("utf-8", { fatal: true });

function tokenise(bytes: Uint8Array): void {
  const parser = new SaxesParser({ position: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(decoder.decode(bytes)).close();
}

async function timeOf({ message, xml, maxBytes, rounds }: Subject): Promise<number> {
  const whole = (): void => void check(readMessage(message, { maxBytes }));
  const times = await takeTurns({ tokens: () => tokenise(xml), whole }, rounds);
  return ratio(times.whole, times.tokens);
}

const peak = fileURLToPath(new URL("peak.ts", import.meta.url));

function memoryOf({ message, maxBytes }: Subject, folder: string): number {
  const path = join(folder, "message");
  writeFileSync(path, message);
  return Number(
    execFileSync(process.execPath, [...process.execArgv, peak, path, String(maxBytes)], { encoding: "utf8" }),
  );
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

const messages = table(["message", "time / saxes (bound)", "memory / file (bound)", ""], rows);
const damaged = table(["slowest of 20,000 damaged", "time / undamaged (bound)", ""], slowest);
process.stdout.write(`${messages}\n\n${damaged}\n`);
