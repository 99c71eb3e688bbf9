// A process of its own for each kind of message: the highest memory it takes to read and check the message again and
// again, all that was read held, until it is so many bytes; as a multiple of them. One message alone would say more of
// the engine than of the reader: V8 lets some 50 MB gather before it looks for garbage.
import { existsSync, readFileSync } from "node:fs";
import { check, readMessage, type ReadResult } from "@restante/itk3";
import { messageOfSize } from "./message.ts";

// Linux counts the parent's memory into maxRSS; the high-water mark in /proc is the process's own.
function highest(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) * 1024;
}

const [path = "", maxBytes = "", enough = ""] = process.argv.slice(2);
check(readMessage(messageOfSize(20_000)));
const before = highest();
const held: { bytes: Uint8Array; read: ReadResult }[] = [];
let size = 0;
while (size < Number(enough)) {
  const bytes = readFileSync(path);
  const read = readMessage(bytes, { maxBytes: Number(maxBytes) });
  check(read);
  if (read.message === undefined) throw new Error("the message was not read");
  held.push({ bytes, read });
  size += bytes.byteLength;
}
process.stdout.write(`${(highest() - before) / size}\n`);
