import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const stacks = new WeakMap<TestContext, AsyncDisposableStack>();

/** Does something when the test has ended, last asked first done: a process stops before its folder is removed. */
export function atEnd(t: TestContext, action: () => unknown): void {
  let stack = stacks.get(t);
  if (stack === undefined) {
    stack = new AsyncDisposableStack();
    stacks.set(t, stack);
    const closing = stack;
    t.after(async () => closing.disposeAsync());
  }
  stack.defer(async () => {
    await action();
  });
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-cli-"));
  atEnd(t, async () => rm(folder, { recursive: true, force: true }));
  return folder;
}
