import type { TestContext } from "node:test";
import { openAudit } from "../../web/test/open-audit.ts";
import { createWorklistPages } from "@restante/worklist";

type PagesOptions = Parameters<typeof createWorklistPages>[0];

/** Pages on a free port, acted on by this computer, until the test ends. */
export async function openPages(
  t: Pick<TestContext, "after">,
  options: Omit<PagesOptions, "audit" | "host" | "port"> & Partial<PagesOptions>,
): ReturnType<typeof createWorklistPages> {
  const access = await openAudit(t);
  const pages = await createWorklistPages({
    audit: access.audit,
    programs: access,
    host: "127.0.0.1",
    port: 0,
    ...options,
  });
  t.after(() => pages[Symbol.asyncDispose]());
  return pages;
}
