import { isUtf8 } from "node:buffer";

/**
 * Text as an HTTP library wants it in a header: its UTF-8 bytes, one character each. (Given `Ł` itself, undici refuses
 * and Node writes another character.)
 */
export function encodeHeaderText(text: string): string {
  if (isAscii(text)) return text;
  return Buffer.from(text, "utf8").toString("latin1");
}

/**
 * Whether a header that an HTTP library read one byte a character is not UTF-8, so that its text is read as Latin-1.
 * Who must give the same bytes back then writes that text as it is, and every other text with `encodeHeaderText`.
 */
export function isLatin1HeaderText(latin1: string): boolean {
  return !isAscii(latin1) && !/[\u0100-\uFFFF]/.test(latin1) && !isUtf8(Buffer.from(latin1, "latin1"));
}

/**
 * The text of a header that an HTTP library read one byte a character: UTF-8 where the bytes are valid UTF-8, else
 * Latin-1. Text that was decoded already comes back unchanged, unless it happens to look like UTF-8 read as Latin-1.
 */
export function decodeHeaderText(latin1: string): string {
  if (isAscii(latin1)) return latin1;
  // Characters above U+00FF cannot have come from bytes.
  if (/[\u0100-\uFFFF]/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : latin1;
}

/** Nearly every header is, and then it is the same on the wire as in Unicode and in Latin-1. */
export function isAscii(text: string): boolean {
  return !/[\u0080-\uFFFF]/.test(text);
}
