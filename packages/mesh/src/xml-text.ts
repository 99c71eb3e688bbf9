import { readWindows1252 } from "./windows-1252.ts";

/**
 * The text of a file of XML, such as a control file, from whatever system; or why it has none, in words that complete
 * "It cannot be read: ".
 *
 * 1. UTF-16, with its mark or known by the `<` that it begins with;
 * 2. else UTF-8 where the bytes are valid, whatever they declare: text in another encoding is never UTF-8 by chance;
 * 3. else the encoding of one byte a character that the XML declaration names, else windows-1252, the default of
 *    Windows. ISO 8859-1 is read as windows-1252 too (Encoding Standard, 4.2): what it has in 0x80 to 0x9F are control
 *    characters, what senders mean are quotation marks.
 */
export function decodeXml(bytes: Uint8Array): { readonly text: string } | { readonly fault: string } {
  const wide = wideEncodingOf(bytes);
  if (wide !== undefined) {
    const text = read(bytes, wide);
    return text === undefined ? { fault: "it begins as UTF-16 and is not." } : { text };
  }
  const utf8 = read(bytes, "utf-8");
  if (utf8 !== undefined) return { text: utf8 };
  const narrow = narrowEncodingOf(bytes);
  const text = narrow === "windows-1252" ? readWindows1252(bytes) : read(bytes, narrow);
  return text === undefined ? { fault: "it is not in the encoding that it declares." } : { text };
}

/** By the mark, or as XML 1.0, appendix F, tells without one. */
function wideEncodingOf([first, second]: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const start = `${first?.toString(16)} ${second?.toString(16)}`;
  if (start === "ff fe" || start === "3c 0") return "utf-16le";
  return start === "fe ff" || start === "0 3c" ? "utf-16be" : undefined;
}

/** The declared encoding, if each of its characters is one byte; in any other the bytes would have been read already. */
function narrowEncodingOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const [, declared = ""] = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(start) ?? [];
  try {
    const { encoding } = new TextDecoder(declared);
    return /^(windows-|iso-8859-|koi8-|ibm866|macintosh|x-mac)/.test(encoding) ? encoding : "windows-1252";
  } catch {
    return "windows-1252";
  }
}

/** Without the mark; undefined if the bytes are no text in this encoding. */
function read(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
