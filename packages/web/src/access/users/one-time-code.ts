import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

// RFC 6238 (TOTP) over RFC 4226 (HOTP): SHA-1, six digits, steps of 30 seconds, which is all that every authenticator knows.

const stepMs = 30_000;
const secretBytes = 20;

export function newSecret(): Buffer {
  return randomBytes(secretBytes);
}

/** RFC 4226, clause 5.3. */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) % 16;
  return String((digest.readUInt32BE(offset) % 0x8000_0000) % 1_000_000).padStart(6, "0");
}

export function stepAt(time: Date): number {
  return Math.floor(time.getTime() / stepMs);
}

/**
 * The step that a code is of: this one, or one before or after it, since clocks differ and typing takes time (RFC 6238,
 * clause 5.2). Undefined: of none of them.
 */
export function stepOfCode(secret: Uint8Array, code: string, time: Date): number | undefined {
  const typed = code.replaceAll(/\s/g, "");
  if (!/^[0-9]{6}$/.test(typed)) return undefined;
  const now = stepAt(time);
  return [now, now - 1, now + 1].find((step) => timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(typed)));
}

/** As authenticators read it from a QR code (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). */
export function uriOf(secret: Uint8Array, issuer: string, account: string): string {
  const [by, to] = [encodeURIComponent(issuer), encodeURIComponent(account)];
  return `otpauth://totp/${by}:${to}?secret=${base32(secret)}&issuer=${by}&algorithm=SHA1&digits=6&period=30`;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, clause 6, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => letters[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}
