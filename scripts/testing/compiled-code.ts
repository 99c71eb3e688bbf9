import { existsSync, readdirSync, rmSync } from "node:fs";

const MOST_FILES = 10_000;

/**
 * Removes the kept code of keep-compiled.mjs once it is many files: a module that changed takes its own place again, but
 * what tests write into temporary folders and run is kept under a new name each time.
 */
export function boundCompiledCode(folder: string, most: number = MOST_FILES): void {
  if (existsSync(folder) && readdirSync(folder, { recursive: true }).length > most) {
    rmSync(folder, { recursive: true, force: true });
  }
}
