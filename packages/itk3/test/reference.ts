import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Public facts that stand beside a working copy and are not part of it.
const folder = fileURLToPath(new URL("../../../../shared/reference/itk3/", import.meta.url));

/** For a test's options: false, or why it is skipped. */
export const withoutReference: string | false = existsSync(folder)
  ? false
  : "../shared/reference, with the published examples and schema, is not beside this checkout";

export function referencePath(...parts: string[]): string {
  return join(folder, ...parts);
}

/** The published messages by file name; none where they are absent. */
export function publishedExamples(): { name: string; bytes: Buffer }[] {
  if (withoutReference !== false) return [];
  return readdirSync(join(folder, "examples"))
    .filter((name) => name.endsWith(".xml"))
    .map((name) => ({ name, bytes: readFileSync(join(folder, "examples", name)) }));
}
