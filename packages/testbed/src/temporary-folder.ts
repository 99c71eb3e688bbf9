import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";

/** A folder of the test's own, gone when the test ends. */
export async function temporaryFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-test-"));
  atEnd(t, async () => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
