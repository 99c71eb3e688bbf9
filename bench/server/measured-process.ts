// The child's side of a server that is measured: what it is to open comes as the first message of the parent, and then
// what it is asked. It ends when the parent does.

import { monitorEventLoopDelay } from "node:perf_hooks";

import type { EmbeddedServerConfig } from "@restante/mesh-server";

/** Where a server is to listen, and on what. Without `tls`: plain HTTP. */
export type Task = Omit<EmbeddedServerConfig, "tls"> & Partial<Pick<EmbeddedServerConfig, "tls">>;

/** What the parent asks. `close` is answered by the end of the process, the others at once. */
export type Asked = "cpu" | "stall" | "close";

/**
 * `cpu`: user and system time of the whole process up to now, in microseconds: every thread of it. `stall`: for how long, in
 * milliseconds, the event loop stood still at most since that was last asked; 0 the first time, from which on it is watched.
 */
export type Answer = { url: string } | { cpu: number } | { stall: number };

const STALL_RESOLUTION_MS = 10;

export interface Opened {
  readonly url: string;
  close(): Promise<void>;
}

export function serveMeasured(open: (task: Task) => Promise<Opened>): void {
  const answer = (words: Answer): unknown => process.send?.(words);
  const delays = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });

  async function begin(task: Task): Promise<void> {
    const opened = await open(task);
    process.on("message", (asked: Asked) => {
      if (asked === "close") return void opened.close().then(() => process.disconnect());
      if (asked === "stall") {
        // Of a timer, which counts its own waiting in.
        answer({ stall: delays.enable() ? 0 : Math.max(0, delays.max / 1e6 - STALL_RESOLUTION_MS) });
        return delays.reset();
      }
      const { user, system } = process.cpuUsage();
      answer({ cpu: user + system });
    });
    answer({ url: opened.url });
  }

  process.once("disconnect", () => process.exit());
  process.once("message", (task: Task) => void begin(task));
}
