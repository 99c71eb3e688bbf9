import type { PathLike } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Platform, platform } from "./platform.ts";

/**
 * Renames a file or a folder, in place of a file that is there. While another program has one of them open in a way that keeps it
 * from being renamed, it is tried again, for a second.
 *
 * @throws what the operating system says
 */
export async function renameFile(from: PathLike, to: PathLike, on: Platform = platform): Promise<void> {
  await patiently(on, async () => on.rename(from, to));
}

/** Removes a file, likewise. */
export async function removeFile(path: PathLike, on: Platform = platform): Promise<void> {
  await patiently(on, async () => on.unlink(path));
}

async function patiently({ passing, patienceMs }: Platform, work: () => Promise<void>): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let wait = 10; ; wait = Math.min(2 * wait, 200)) {
    try {
      await work();
      return;
    } catch (error) {
      const code = Error.isError(error) && "code" in error ? String(error.code) : "";
      if (!passing.has(code) || performance.now() + wait > end) throw error;
    }
    await delay(wait);
  }
}
