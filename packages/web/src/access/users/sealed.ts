import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const nonceBytes = 12;
const tagBytes = 16;

/** Unreadable without the key, and no use in another's place (AES-256-GCM; NIST SP 800-38D): nonce, tag, what was sealed. */
export function sealed(key: Uint8Array, text: Uint8Array, owner: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(owner));
  const hidden = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
}

/** @throws where it was sealed by another key or for another, or was changed */
export function opened(key: Uint8Array, stored: Uint8Array, owner: string): Buffer {
  const bytes = Buffer.from(stored);
  const hidden = nonceBytes + tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(nonceBytes, hidden));
  return Buffer.concat([decipher.update(bytes.subarray(hidden)), decipher.final()]);
}
