// What other parsers say of a file.
import { XmlDocument, XmlParseError } from "libxml2-wasm";
import { SaxesParser } from "saxes";

/** Whether saxes takes a text for well-formed XML with namespaces. */
export function saxesReads(text: string): boolean {
  const parser = new SaxesParser({ xmlns: true });
  let fault: Error | undefined;
  // It would go on after an error.
  parser.on("error", (error) => {
    fault = error;
    throw error;
  });
  try {
    parser.write(text).close();
    return true;
  } catch (error) {
    if (error === fault) return false;
    throw error;
  }
}

/** Whether libxml2 does. */
export function libxml2Reads(bytes: Uint8Array): boolean {
  try {
    using document = XmlDocument.fromBuffer(bytes);
    return document.root.name !== "";
  } catch (error) {
    if (error instanceof XmlParseError) return false;
    throw error;
  }
}
