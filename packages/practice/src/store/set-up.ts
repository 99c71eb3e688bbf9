import { closeSync, existsSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The sign that a database was made in a folder: it is there for good from the first start on. */
const sign = "set-up.txt";
const words = "This system has been set up: it does not start without its practice.sqlite.\n";

export function isSetUp(folder: string): boolean {
  return existsSync(join(folder, sign));
}

/**
 * Called once the database is there, never before: killed in between, the database is found at the next start, and the
 * sign made then.
 */
export function noteSetUp(folder: string): void {
  if (isSetUp(folder)) return;
  // Two processes may come to this at once, and write the same.
  const file = openSync(join(folder, sign), "w", 0o600);
  try {
    writeSync(file, words);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
