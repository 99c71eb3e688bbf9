import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DurableError, ensurePrivate, isMissing, linkFile, makeFolders, syncFolder, writeNew } from "@restante/durable";

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
  const folder = dirname(file);
  makeFolders(folder);
  // Killed at any moment it is whole or not there: half of one would keep every later start from it.
  const made = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}.new`);
  try {
    await writeNew(made, `${randomBytes(bytes).toString("hex")}\n`);
    // Where another process has made one meanwhile, its one is taken.
    await linkFile(made, file);
    await syncFolder(folder);
  } finally {
    await rm(made, { force: true });
  }
  return read(file);
}

function read(file: string): Uint8Array {
  const text = readFileSync(file, "utf8").trim();
  ensurePrivate(file);
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
  throw new DurableError("damaged", file, "it is not 64 hexadecimal digits: put back a copy of it", { retry: "never" });
}
