import { SaxesParser } from "saxes";
import { ControlFileError, controlElements, otherSpellings, statusElements } from "./control-file.ts";
import { decodeXml } from "./xml-text.ts";

/** An element that was found: its text, trimmed, and the line that it starts on. */
export interface FoundElement {
  readonly text: string;
  readonly line: number;
}

const maxBytes = 64 * 1024;
const maxDepth = 16;

const leaves: ReadonlySet<string> = new Set([
  ...controlElements.map(({ name }) => name),
  ...statusElements.map((name) => `StatusRecord/${name}`),
]);

/**
 * The elements of a control file by their path below DTSControl (`To_DTS`, `StatusRecord/Event`), in any order.
 * Elements it does not know are passed over. Throws ControlFileError for anything but XML without a DOCTYPE, of at most
 * 64 KB, at most 16 deep, in which no known element appears twice or holds another.
 */
export function readElements(bytes: Uint8Array): ReadonlyMap<string, FoundElement> {
  if (bytes.length === 0) throw new ControlFileError("the file is empty.");
  if (bytes.length > maxBytes) throw new ControlFileError(`larger than ${maxBytes} bytes.`);
  const xml = decodeXml(bytes);
  if ("fault" in xml) throw new ControlFileError(xml.fault);
  const found = new Map<string, FoundElement>();
  const path: string[] = [];
  let leaf: { name: string; text: string; line: number } | undefined;

  const parser = new SaxesParser();
  let atEnd = false;
  parser.on("error", () => {
    // The parser's own error may quote the file, so it is not even kept as the cause.
    throw new ControlFileError(describeSyntaxError(atEnd, leaf?.name), parser.line);
  });
  parser.on("doctype", () => {
    throw new ControlFileError("a DOCTYPE is not allowed.", parser.line);
  });
  parser.on("opentagstart", ({ name }) => {
    if (leaf !== undefined) throw new ControlFileError(`${leaf.name} is not closed.`, leaf.line);
    path.push(otherSpellings.get(name) ?? name);
    if (path.length === 1 && name !== "DTSControl") {
      throw new ControlFileError("the outermost element is not DTSControl.", parser.line);
    }
    if (path.length > maxDepth) throw new ControlFileError(`deeper than ${maxDepth} elements.`, parser.line);
    const key = path.slice(1).join("/");
    if (leaves.has(key)) leaf = { name: key, text: "", line: parser.line };
  });
  const addText = (text: string): void => {
    if (leaf !== undefined) leaf.text += text;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    path.pop();
    if (leaf === undefined) return;
    const { name, text, line } = leaf;
    if (found.has(name)) throw new ControlFileError(`${name} appears twice.`, line);
    found.set(name, { text: text.trim(), line });
    leaf = undefined;
  });

  parser.write(xml.text);
  atEnd = true;
  parser.close();
  return found;
}

function describeSyntaxError(atEnd: boolean, open: string | undefined): string {
  if (atEnd) return "the file ends too soon.";
  return open === undefined ? "not well-formed XML." : `not well-formed XML at ${open}.`;
}
