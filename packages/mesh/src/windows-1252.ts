/** 0x80 to 0x9F (Encoding Standard, index windows-1252): every other byte is the character of its number. */
const windows1252 =
  "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F" +
  "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

/**
 * Text in the default encoding of Windows, which is also what senders mean by ISO 8859-1: that has control characters
 * where this has quotation marks. By a table: some versions of Node.js that this package runs on decode these as Latin-1.
 */
export function readWindows1252(bytes: Uint8Array): string {
  return withWindowsCharacters(Buffer.from(bytes).toString("latin1"));
}

/**
 * Text that somebody read as Latin-1, with the quotation marks, dashes and euros that its sender wrote in the place of
 * the control characters (U+0080 to U+009F) that nobody means.
 */
export function withWindowsCharacters(text: string): string {
  return text.replaceAll(/[\u0080-\u009F]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
}
