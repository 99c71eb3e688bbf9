import type { TestContext } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { type OpenOptions, type OpenUsers, usersIn } from "./users-in-folder.ts";

/** In a folder of their own, until the test ends. */
export async function openUsers(t: Pick<TestContext, "after">, options?: OpenOptions): Promise<OpenUsers> {
  const opened = usersIn(await temporaryFolder(t), options);
  t.after(() => opened[Symbol.dispose]());
  return opened;
}
