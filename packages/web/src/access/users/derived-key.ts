import { hkdfSync } from "node:crypto";

/** A key of its own for each use, of the secret of the audit (RFC 5869): none tells anything of another, or of the secret. */
export function derivedKey(
  secret: Uint8Array,
  use: "passwords" | "second factors" | "proof" | "attempts" | "devices",
): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `restante ${use}`, 32));
}
