import { constants } from "node:os";
import { isatty } from "node:tty";
import { aborted } from "./aborted.ts";

/** How often the parent is looked at, in milliseconds. */
const PARENT_CHECK_MS = 500;

export interface Signals {
  /** Aborted when this process should stop. */
  readonly stop: AbortSignal;
  /**
   * From now on SIGHUP asks for this, until the returned function is called. Of a process that has a terminal it says that the
   * terminal is gone, as it does on Windows: then the process stops.
   */
  readonly onReload: (reload: () => void) => () => void;
}

/**
 * Follows what asks this process to stop: Ctrl-C, SIGTERM, SIGHUP, or the end of what started it.
 *
 * SIGTERM to `npm start` ends npm but is not handed on, so under npm the parent is watched: when it is gone, we go.
 * A launcher of an older Node.js (bin/restante.mjs) holds a channel to us instead. It tells of each signal that it got,
 * which we may have got too (Ctrl-C goes to both): so each way is counted by itself, and the higher count is how often
 * we were asked. The channel's end says that the launcher is gone.
 *
 * Asked a second time it ends at once, with the status of what asked: what was accepted is on disk, and the next start continues from
 * there.
 */
export function followSignals(process: NodeJS.Process): Signals {
  const controller = new AbortController();
  const asked = { directly: 0, throughLauncher: 0 };
  let reload: (() => void) | undefined;
  const hasTerminal = process.platform === "win32" || isatty(0);
  const ask = (way: keyof typeof asked, signal: NodeJS.Signals): void => {
    if (signal === "SIGHUP" && reload !== undefined && !hasTerminal) return reload();
    asked[way] += 1;
    if (Math.max(asked.directly, asked.throughLauncher) > 1) process.exit(128 + constants.signals[signal]);
    controller.abort(signal);
  };
  const parentGone = (): void => controller.abort("the end of what started it");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ask("directly", signal));
  if (process.connected) {
    process.on("message", (message) => ask("throughLauncher", (message as { signal: NodeJS.Signals }).signal));
    process.on("disconnect", parentGone);
    process.channel?.unref();
  }
  if (process.env["npm_lifecycle_event"] !== undefined) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      parentGone();
    }, PARENT_CHECK_MS);
    timer.unref();
  }
  return {
    stop: controller.signal,
    onReload(given) {
      reload = given;
      return () => {
        reload = undefined;
      };
    },
  };
}

/** Resolves when the command is to stop; rejects with the reason of `lost` where it cannot go on. */
export async function stoppedOrLost(stop: AbortSignal, lost: AbortSignal): Promise<void> {
  await aborted(AbortSignal.any([stop, lost]));
  if (!stop.aborted) lost.throwIfAborted();
}
