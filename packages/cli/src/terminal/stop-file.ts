import { open, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isMissing, systemReason } from "@restante/durable";
import { CliError } from "../errors.ts";

/** How often the file is looked for, in milliseconds. Shares do not notify, so it is not watched. */
const LOOK_MS = 1000;

/**
 * Stops a process by a file, as scripts stop the NHS's Java client: they write 1 into it. What says anything else is let
 * be. The file is removed when it has been heard, and at the start, lest what stopped the last run should stop this one.
 */
export interface StopFile extends Disposable {
  /** Aborted once the file says so. */
  readonly signal: AbortSignal;
}

/** @throws CliError `folder-unusable` where a file of an earlier run cannot be removed, or none can be seen */
export async function openStopFile(file: string, lookMs: number = LOOK_MS): Promise<StopFile> {
  try {
    if (await says1(file)) await rm(file, { force: true });
  } catch (cause) {
    throw new CliError("folder-unusable", `${file}, which stops the client, cannot be used: ${systemReason(cause)}`, {
      cause,
    });
  }
  const stop = new AbortController();
  const closing = new AbortController();
  void (async () => {
    while (!closing.signal.aborted) {
      await delay(lookMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      // A share that is gone for a while says nothing of the file.
      if (closing.signal.aborted || !(await says1(file).catch(() => false))) continue;
      await rm(file, { force: true }).catch(() => undefined);
      stop.abort(`1 in ${file}`);
      return;
    }
  })();
  return { signal: stop.signal, [Symbol.dispose]: () => closing.abort() };
}

async function says1(file: string): Promise<boolean> {
  try {
    await using handle = await open(file);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString("latin1", 0, bytesRead).trim() === "1";
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
