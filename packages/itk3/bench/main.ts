// Reading and checking as a ratio to saxes tokenising the same bytes in the same run, and the highest memory as a
// ratio to the size of the file. Bounds: 2.0 and 6.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SaxesParser } from "saxes";
import { check, readMessage } from "@restante/itk3";
import { ratio, table, takeTurns } from "../../../bench/measure.ts";
import { fuzz } from "./fuzz.ts";
import { messageOfSize } from "./message.ts";

const bounds = { time: 2, memory: 6 };
const sizes = [
  { name: "60 KB", bytes: 60_000, rounds: 400 },
  { name: "2.6 MB", bytes: 2_600_000, rounds: 20 },
  { name: "20 MB", bytes: 20_000_000, rounds: 4 },
];
const decoder = new TextDecoder("utf-8", { fatal: true });

function tokenise(bytes: Uint8Array): void {
  const parser = new SaxesParser({ position: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(decoder.decode(bytes)).close();
}

function readAndCheck(bytes: Uint8Array): void {
  check(readMessage(bytes, { maxBytes: Number.MAX_SAFE_INTEGER }));
}

const peak = fileURLToPath(new URL("peak.ts", import.meta.url));

/** The highest memory of a process that reads and checks the message, as a multiple of its size. */
function memoryOf(message: Uint8Array, folder: string): number {
  const path = join(folder, "message.xml");
  writeFileSync(path, message);
  return Number(execFileSync(process.execPath, [...process.execArgv, peak, path], { encoding: "utf8" }));
}

const rows: string[][] = [];
let failed = false;
const folder = mkdtempSync(join(tmpdir(), "restante-bench-"));
try {
  for (const { name, bytes, rounds } of sizes) {
    const message = messageOfSize(bytes);
    const times = await takeTurns({ tokens: () => tokenise(message), whole: () => readAndCheck(message) }, rounds);
    const time = ratio(times.whole, times.tokens);
    const memory = memoryOf(message, folder);
    // Of a small file the memory says more of the engine than of the reader.
    const within = time <= bounds.time && (memory <= bounds.memory || bytes < 1_000_000);
    failed ||= !within;
    rows.push([name, time.toFixed(2), memory.toFixed(1), within ? "" : "OVER THE BOUND"]);
  }
} finally {
  rmSync(folder, { recursive: true });
}
const head = ["message", `time / saxes (bound ${bounds.time})`, `memory / file (bound ${bounds.memory})`, ""];
process.stdout.write(`${table(head, rows)}\n`);
const { kept, said } = fuzz();
process.stdout.write(`${said}${kept ? "" : "  A PROMISE IS BROKEN"}\n`);
process.exitCode = failed || !kept ? 1 : 0;
