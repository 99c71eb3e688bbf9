import { digestOfText } from "./digest-of-text.ts";

/**
 * How events name a pair without naming its files: the first 8 hex digits of the SHA-256 of its base name.
 * @example pairName("CONSULT-0001") // for CONSULT-0001.dat and CONSULT-0001.ctl
 */
export function pairName(baseName: string): string {
  return shortName(digestOfText(baseName));
}

/** The same, by the digest. */
export function shortName(key: string): string {
  return key.slice(0, 8);
}
