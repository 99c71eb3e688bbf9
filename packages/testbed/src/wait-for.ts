import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** Default 10,000. */
  timeoutMs?: number;
  /** Default 10. */
  intervalMs?: number;
  /** What is waited for, for the error. */
  what?: string;
}

/**
 * Asks again and again until the answer is neither undefined nor false, and gives that answer.
 * What the condition throws last is the cause of the error when time is up.
 */
export async function waitFor<Answer>(
  condition: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  { timeoutMs = 10_000, intervalMs = 10, what = "the condition" }: WaitOptions = {},
): Promise<Answer> {
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await condition();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(intervalMs);
  } while (performance.now() < end);
  throw new Error(`Waited ${timeoutMs} ms for ${what}.`, { cause });
}
