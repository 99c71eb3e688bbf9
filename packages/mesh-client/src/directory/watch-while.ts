import type { FolderTrouble } from "./folder-trouble.ts";
import type { FolderWatch } from "./folder-watch.ts";

/**
 * Looks at the folders now and then while a poll goes on: one of which the disk has ceased to answer may hold the poll up for as
 * long as it likes, and whoever reads of it is to know which it is.
 */
export async function watchWhile<Result>(
  work: () => Promise<Result>,
  watch: FolderWatch,
  met: (trouble: FolderTrouble) => void,
  everyMs: number = 60_000,
): Promise<Result> {
  let isLooking = false;
  let isOver = false;
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      for (const trouble of await watch()) if (!isOver) met(trouble);
    } finally {
      isLooking = false;
    }
  }
  // What cannot be looked at for another reason is found by the poll itself, or by the next.
  const timer = setInterval(() => void look().catch(() => undefined), everyMs).unref();
  try {
    return await work();
  } finally {
    isOver = true;
    clearInterval(timer);
  }
}
