import type { TestContext } from "node:test";
import { thisComputer } from "@restante/practice";
import { createWorklistPages } from "@restante/worklist";

type PagesOptions = Parameters<typeof createWorklistPages>[0];

/** Pages on a free port, acted on by this computer, until the test ends. */
export async function openPages(
  t: TestContext,
  options: Omit<PagesOptions, "actor" | "host" | "port">,
): ReturnType<typeof createWorklistPages> {
  const pages = await createWorklistPages({ ...options, actor: thisComputer, host: "127.0.0.1", port: 0 });
  t.after(() => pages[Symbol.asyncDispose]());
  return pages;
}
