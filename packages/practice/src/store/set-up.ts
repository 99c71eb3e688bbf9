import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "@restante/durable";

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
export async function noteSetUp(folder: string): Promise<void> {
  // Two processes may come to this at once, and write the same.
  if (!isSetUp(folder)) await writeWhole(folder, sign, words);
}
