import { createHash } from "node:crypto";

/** SHA-256, what stands in the journal for a base name or a local id: they may be a patient's. */
export function digestOfText(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
