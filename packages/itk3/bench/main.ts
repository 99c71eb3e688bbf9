// Reading and checking as a ratio to saxes tokenising the same bytes in the same run, and the highest memory as a
// ratio to the size of the file. Bounds: 2.0 and 6.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SaxesParser } from "saxes";
import { check, readMessage } from "@restante/itk3";
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

function took(work: (bytes: Uint8Array) => void, bytes: Uint8Array): number {
  const start = performance.now();
  work(bytes);
  return performance.now() - start;
}

const folder = mkdtempSync(join(tmpdir(), "restante-bench-"));
let failed = false;
try {
  for (const { name, bytes, rounds } of sizes) {
    const message = messageOfSize(bytes);
    let tokens = Number.POSITIVE_INFINITY;
    let whole = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      tokens = Math.min(tokens, took(tokenise, message));
      whole = Math.min(whole, took(readAndCheck, message));
    }
    const path = join(folder, "message.xml");
    writeFileSync(path, message);
    const peak = fileURLToPath(new URL("peak.ts", import.meta.url));
    const memory = Number(execFileSync(process.execPath, [...process.execArgv, peak, path], { encoding: "utf8" }));
    const time = whole / tokens;
    // Of a small file the memory says more of the engine than of the reader.
    const within = time <= bounds.time && (memory <= bounds.memory || bytes < 1_000_000);
    failed ||= !within;
    process.stdout.write(
      `${name}: saxes ${tokens.toFixed(2)} ms, read and check ${whole.toFixed(2)} ms, ratio ${time.toFixed(2)}; ` +
        `memory ${memory.toFixed(1)} times the file${within ? "" : "  OVER THE BOUND"}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
const { kept, said } = fuzz();
process.stdout.write(`${said}${kept ? "" : "  A PROMISE IS BROKEN"}\n`);
process.exitCode = failed || !kept ? 1 : 0;
