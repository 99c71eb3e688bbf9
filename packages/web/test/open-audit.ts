import type { TestContext } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { type Access, openAccess } from "../src/index.ts";

/** A real one in a folder of its own, until the test ends. */
export async function openAudit(t: Pick<TestContext, "after">): Promise<Access & { folder: string }> {
  const folder = await temporaryFolder(t);
  const access = await openAccess({ folder });
  t.after(() => access[Symbol.dispose]());
  return Object.assign(access, { folder });
}
