import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** What is to be done when a test, or a file of tests, has ended. */
export interface Closing {
  after(close: () => unknown): void;
}

/** Collects what is to be closed, and closes it in reverse: what uses a folder before the folder goes. */
export function closingInReverse(t: { after(close: () => Promise<void>): void }): Closing {
  const closes: (() => unknown)[] = [];
  t.after(async () => {
    for (const close of closes.toReversed()) await close();
  });
  return { after: (close) => void closes.push(close) };
}

const closings = new WeakMap<TestContext, Closing>();

/** Does something when the test has ended, last asked first done: a process stops before its folder is removed. */
export function atEnd(t: TestContext, action: () => unknown): void {
  const closing = closings.get(t) ?? closingInReverse(t);
  closings.set(t, closing);
  closing.after(action);
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  return newDataFolder({ after: (close) => atEnd(t, close) });
}

/** A folder of its own, removed in the end. */
export async function newDataFolder(closing: Closing): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-cli-"));
  closing.after(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}
