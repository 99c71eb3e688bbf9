import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files named, and those in and below the folders named, by the endings that `restante check` takes. */
export function messagesAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? messagesBelow(path) : [path]));
}

function messagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /^[^.].*\.(xml|dat|json)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
