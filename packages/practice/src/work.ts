import { longestWaitMs } from "./hand-over/retry.ts";

/** What a part of a pass has come to. */
export interface Progress {
  /** More can be done at once. */
  more: boolean;
  /** Some of it is held up, and the rest went on. Absent: nothing is. */
  trouble?: { code: string; reason: string };
}

/**
 * Whether what was put off until then is to be tried now. A time further ahead than anything is put off was set by a clock
 * that has gone back since: it has come.
 */
export function isDueAt(dueAt: Date | undefined, now: Date): boolean {
  if (dueAt === undefined) return true;
  const wait = dueAt.getTime() - now.getTime();
  return wait <= 0 || wait > longestWaitMs;
}
