import { once } from "node:events";

/** How often the parent is looked at, in milliseconds. */
const PARENT_CHECK_MS = 500;

/**
 * Aborts when this process should stop: Ctrl-C, SIGTERM, SIGHUP, or the end of what started it.
 *
 * SIGTERM to `npm start` ends npm but is not handed on, so under npm the parent is watched: when it is gone, we go.
 * A launcher of an older Node.js (bin/restante.mjs) holds a channel to us instead, and its end says the same.
 * A second Ctrl-C ends at once: what was accepted is on disk, and the next start continues from there.
 */
export function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const stop = (reason: string): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(reason);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  if (process.connected) {
    process.on("disconnect", () => stop("parent gone"));
    process.channel?.unref();
  }
  if (process.env["npm_lifecycle_event"] !== undefined) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      stop("parent gone");
    }, PARENT_CHECK_MS);
    timer.unref();
  }
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
