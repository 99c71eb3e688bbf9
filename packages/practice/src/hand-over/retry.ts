/** Nothing that is to be sent waits for longer than an hour before it is tried again. */
export const longestWaitMs = 3_600_000;

/** When to try again what has failed `attempts` times before: the wait doubles each time, up to an hour. */
export function retryAt(now: Date, attempts: number, firstWaitMs: number): Date {
  return new Date(now.getTime() + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempts, 20)));
}
