import { readFileSync } from "node:fs";

import type { ServerProcess } from "@restante/testbed";

/** The most memory the process has held so far, in MB; undefined where the system does not tell. */
export function mostMemory({ pid }: ServerProcess): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
