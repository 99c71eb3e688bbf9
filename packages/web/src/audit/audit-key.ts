import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DurableError, ensurePrivate, isMissing, makeFolders, syncFolder, writeNew } from "@restante/durable";

const bytes = 32;

/**
 * The secret under which the audit is sealed: 64 hexadecimal digits in a file for its owner alone, made if it is absent. Kept
 * where whoever writes the database cannot read it, it makes their changes plain.
 *
 * @throws {DurableError} `not-private`, `damaged`, or what keeps it from being read or made
 */
export async function auditKey(file: string): Promise<Uint8Array> {
  try {
    return read(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  makeFolders(dirname(file));
  // Where another process has made one meanwhile, its one is taken.
  try {
    await writeNew(file, `${randomBytes(bytes).toString("hex")}\n`);
    await syncFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return read(file);
}

function read(file: string): Uint8Array {
  const text = readFileSync(file, "utf8").trim();
  ensurePrivate(file);
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  throw new DurableError("damaged", file, "it is not 64 hexadecimal digits: put back a copy of it", { retry: "never" });
}
