// What systemd is told (sd_notify(3)), by the program systemd-notify, as Node.js has no datagram sockets of this kind. A unit
// therefore needs NotifyAccess=all. Without NOTIFY_SOCKET in the environment nothing is run.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface ServiceManager {
  /** How often `alive` is to be told at least, in milliseconds; undefined if nobody waits for it. */
  readonly watchdogMs?: number | undefined;
  /** Started, or with new settings. `status` is for a person. */
  ready(status: string): void;
  status(text: string): void;
  reloading(): void;
  alive(): void;
  /** Resolves once it has been told. */
  stopping(): Promise<void>;
}

/** What it does is done at once, or not. */
const PATIENCE_MS = 5000;
const run = promisify(execFile);

/** `onFailure`: it could not be told; once a reason, in words. */
export function serviceManager(
  environment: Readonly<Record<string, string | undefined>>,
  onFailure: (reason: string) => void,
): ServiceManager {
  if (!environment["NOTIFY_SOCKET"]) {
    return {
      ready: () => undefined,
      status: () => undefined,
      reloading: () => undefined,
      alive: () => undefined,
      stopping: async () => undefined,
    };
  }
  const told = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  async function tellNow(lines: readonly string[]): Promise<void> {
    try {
      await run("systemd-notify", lines, { timeout: PATIENCE_MS });
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "it is not in the PATH" : "it failed";
      if (told.has(reason)) return;
      told.add(reason);
      onFailure(`systemd cannot be told how this service fares, by systemd-notify: ${reason}`);
    }
  }
  /** One after another: what is told last is what holds. */
  async function tell(...lines: string[]): Promise<void> {
    waiting += 1;
    const before = last;
    last = (async () => {
      await before;
      await tellNow(lines);
      waiting -= 1;
    })();
    return last;
  }
  const watchdogUs = Number(environment["WATCHDOG_USEC"] ?? "");
  return {
    watchdogMs: watchdogUs > 0 ? watchdogUs / 1000 : undefined,
    ready: (status) => void tell("READY=1", `STATUS=${status}`),
    status: (text) => void tell(`STATUS=${text}`),
    reloading: () => void tell("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    alive() {
      // One that waits says as much.
      if (waiting === 0) void tell("WATCHDOG=1");
    },
    stopping: async () => tell("STOPPING=1"),
  };
}
