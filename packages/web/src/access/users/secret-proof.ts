import type { DatabaseSync } from "node:sqlite";
import { isSameBytes } from "../../same-bytes.ts";
import { derivedKey } from "./derived-key.ts";

/**
 * Whether a secret is the one that a database has been written under; a database that knows of none takes this one. Under another,
 * every password would be wrong, and nobody would know why.
 */
export function isSameSecret(database: DatabaseSync, secret: Uint8Array): boolean {
  const proof = derivedKey(secret, "proof");
  database.prepare("INSERT OR IGNORE INTO secret_proof (only_row, proof) VALUES (1, ?)").run(proof);
  const known = database.prepare("SELECT proof FROM secret_proof").get() as { proof: Uint8Array };
  return isSameBytes(proof, known.proof);
}
