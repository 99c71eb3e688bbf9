import { createHash } from "node:crypto";

/** Names that Windows gives to devices, whatever follows them after a dot. */
const deviceName = /^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$/;

/**
 * The name that stands for a message id in a folder, on every file system: a suffix such as `.dat` goes behind it.
 *
 * An id stands as it is if it has 1 to 64 of A-Z, 0-9, `_` and `-` only and is no device of Windows; the ids that MESH
 * makes do. For any other, which may hold a path or differ from another in case alone, its SHA-256 does. No two ids
 * have one name, not even where a file system takes small letters for capitals.
 *
 * @example
 * messageFileName("20260101120000000000_ABCDEF") // as it is
 * messageFileName("../x") // "sha256.", then 64 hex digits
 */
export function messageFileName(messageId: string): string {
  if (/^[A-Z0-9_-]{1,64}$/.test(messageId) && !deviceName.test(messageId)) return messageId;
  return `sha256.${createHash("sha256").update(messageId).digest("hex")}`;
}
