// What other parsers say of a file.
import { XmlDocument, XmlParseError } from "libxml2-wasm";
import { SaxesParser } from "saxes";

/** What saxes is told of: `told` hears text, sections, comments and instructions, in order. */
export type Told = (kind: "text" | "cdata" | "comment" | "instruction", found: string) => void;

/** Whether saxes takes a text for well-formed XML with namespaces. */
export function saxesReads(text: string, told?: Told): boolean {
  const parser = new SaxesParser({ xmlns: true });
  if (told !== undefined) {
    parser.on("text", (found) => told("text", found));
    parser.on("cdata", (found) => told("cdata", found));
    parser.on("comment", (found) => told("comment", found));
    parser.on("processinginstruction", ({ target, body }) => told("instruction", `${target} ${body}`));
  }
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
