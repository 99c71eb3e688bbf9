// A certificate and its key on disk: `<name>.crt` (0644) and `<name>.key` (0600). The key is on disk before its certificate
// is: a crash in between leaves a key without a certificate, or the new key beside the old certificate, and either is seen.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { asDurableError, ensurePrivate, isMissing, writeWhole } from "@restante/durable";

import type { IssuedCertificate } from "./certificate.ts";

/**
 * Undefined if either half is missing.
 * @throws {DurableError} `not-private`: others could read the key
 */
export async function readPair(folder: string, name: string): Promise<IssuedCertificate | undefined> {
  const keyFile = join(folder, `${name}.key`);
  try {
    ensurePrivate(keyFile);
    const [cert, key] = await Promise.all([readFile(join(folder, `${name}.crt`), "utf8"), readFile(keyFile, "utf8")]);
    return { cert, key };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asDurableError(error, keyFile);
  }
}

export async function writePair(folder: string, name: string, pair: IssuedCertificate): Promise<IssuedCertificate> {
  await writeWhole(folder, `${name}.key`, pair.key);
  await writeWhole(folder, `${name}.crt`, pair.cert, 0o644);
  return pair;
}
