import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { atEnd, type Closing } from "@restante/testbed";

export { atEnd, type Closing, closingInReverse } from "@restante/testbed";

export async function temporaryFolder(t: TestContext): Promise<string> {
  return newDataFolder({ after: (close) => atEnd(t, close) });
}

/** A folder of its own, removed in the end. */
export async function newDataFolder(closing: Closing): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "restante-cli-"));
  closing.after(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}
