import { mkdtempSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A folder on another file system than this one; undefined, and the test skipped, where the machine has none at hand. */
export function otherFileSystem(t: TestContext, folder: string): string | undefined {
  const memory = statSync("/dev/shm", { throwIfNoEntry: false });
  if (memory === undefined || memory.dev === statSync(folder).dev) {
    t.skip("there is no second file system at /dev/shm");
    return undefined;
  }
  const made = mkdtempSync(join("/dev/shm", "restante-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
