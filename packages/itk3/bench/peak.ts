// A process of its own for each size: how much more memory reading and checking takes at its highest than before.
import { existsSync, readFileSync } from "node:fs";
import { check, readMessage } from "@restante/itk3";
import { messageOfSize } from "./message.ts";

// Linux counts the parent's memory into maxRSS; the high-water mark in /proc is the process's own.
function highest(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) * 1024;
}

check(readMessage(messageOfSize(20_000)));
const [path = ""] = process.argv.slice(2);
const before = highest();
const bytes = readFileSync(path);
const { acceptable } = check(readMessage(bytes, { maxBytes: Number.MAX_SAFE_INTEGER }));
if (!acceptable) throw new Error("the message was not accepted");
process.stdout.write(`${(highest() - before) / bytes.byteLength}\n`);
