import { Buffer } from "node:buffer";

/** So many characters are decoded at a time: a multiple of four. */
const piece = 1 << 16;
/** What they are decoded into, one piece over the other. */
const decoded = Buffer.allocUnsafe((piece / 4) * 3);

/**
 * Whether `text` is base64 without spaces (RFC 4648), and not empty. Some twenty times as fast as a look at each character,
 * and takes no memory.
 *
 * It decodes to a length that its own length tells; what Node skips, or stops at, makes it shorter. Node reads the two
 * characters of the URL alphabet too, and of what is beyond Latin-1 the low byte: they are looked for apart.
 */
export function isPlainBase64(text: string): boolean {
  if (text === "" || text.length % 4 !== 0 || text.includes("-") || text.includes("_")) return false;
  // Where V8 keeps a byte a character, which is the rule, this takes no time.
  if (/[\u0100-\uffff]/.test(text)) return false;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  for (let from = 0; from < text.length; from += piece) {
    const part = text.slice(from, from + piece);
    const isLast = from + piece >= text.length;
    if (decoded.write(part, "base64") !== (part.length / 4) * 3 - (isLast ? padding : 0)) return false;
  }
  return true;
}

/** Without the white space that FHIR lets stand anywhere in it. */
export function withoutSpaces(text: string): string {
  // Each is looked for apart: a pattern would look at every character, and there is rarely one.
  return [" ", "\n", "\r", "\t"].some((space) => text.includes(space)) ? text.replace(/[ \t\r\n]+/g, "") : text;
}

/** So many characters of a piece are of the next too, so that no word falls between: a multiple of four. */
const shared = 64;

/** Whether base64 without spaces holds one of some words of at most 48 bytes. Takes no memory. */
export function base64Holds(text: string, words: readonly string[]): boolean {
  for (let from = 0; from < text.length; from += piece - shared) {
    const length = decoded.write(text.slice(from, from + piece), "base64");
    const bytes = decoded.subarray(0, length);
    if (words.some((word) => bytes.includes(word))) return true;
  }
  return false;
}
