import type { TestContext } from "node:test";

/** What is to be done when a test, or a file of tests, has ended. */
export interface Closing {
  after(close: () => unknown): void;
}

/** Collects what is to be closed, and closes it in reverse, also where one fails: what uses a folder before the folder goes. */
export function closingInReverse(t: { after(close: () => Promise<void>): void }): Closing {
  const stack = new AsyncDisposableStack();
  t.after(async () => stack.disposeAsync());
  return { after: (close) => stack.defer(async () => void (await close())) };
}

const closings = new WeakMap<Pick<TestContext, "after">, Closing>();

/**
 * Does something when the test has ended, last asked first done: a process stops before its folder is removed. What is given to
 * `t.after` is done in the order in which it was given, and nothing more of it once one has failed.
 */
export function atEnd(t: Pick<TestContext, "after">, action: () => unknown): void {
  const closing = closings.get(t) ?? closingInReverse(t);
  closings.set(t, closing);
  closing.after(action);
}
