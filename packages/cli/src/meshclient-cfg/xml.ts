import { decodeXml, type TextPlace } from "@restante/mesh";
import { SaxesParser } from "saxes";

/** An element of a file of settings: its own text, trimmed, and where it begins. */
export interface XmlElement {
  readonly name: string;
  readonly place: TextPlace;
  readonly text: string;
  readonly elements: readonly XmlElement[];
}

/** Why there is no element to read. The words complete the file's name to a sentence, and quote nothing of it: it holds passwords. */
export interface XmlFault {
  readonly words: string;
  readonly place?: TextPlace;
}

/** Of some thousand mailboxes. */
const MOST_BYTES = 4_000_000;
const DEEPEST = 8;

/**
 * The outermost element of a file of XML in UTF-8, UTF-16, windows-1252 or Latin-1. Attributes are passed over. What only
 * a DOCTYPE can bring, entities of its own and other files, is refused with it.
 */
export function readXml(bytes: Uint8Array): XmlElement | XmlFault {
  if (bytes.length > MOST_BYTES) return { words: `is larger than ${MOST_BYTES / 1_000_000} MB` };
  const xml = decodeXml(bytes);
  if ("fault" in xml) return { words: `cannot be read: ${xml.fault.replace(/\.$/, "")}` };
  const start = xml.text.trimStart();
  if (start === "") return { words: "is empty" };
  if (!start.startsWith("<")) return { words: "is not XML" };
  try {
    return parse(xml.text);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

class Unreadable extends Error implements XmlFault {
  readonly words: string;
  readonly place: TextPlace;

  constructor(words: string, place: TextPlace) {
    super(words);
    this.words = words;
    this.place = place;
  }
}

interface OpenElement {
  readonly name: string;
  readonly place: TextPlace;
  text: string;
  readonly elements: XmlElement[];
}

function parse(xml: string): XmlElement {
  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let outermost: XmlElement | undefined;
  let isAtEnd = false;
  const here = (): TextPlace => ({ line: parser.line, column: parser.column });

  parser.on("error", () => {
    const inside = open.at(-1);
    if (isAtEnd && inside !== undefined) {
      throw new Unreadable(
        `ends inside ${inside.name}: it is not closed, or a & in it is not written &amp;`,
        inside.place,
      );
    }
    // The parser's own words may quote the file.
    throw new Unreadable(
      `is not well-formed XML${inside === undefined ? "" : `, in or behind ${inside.name}`}: & is written &amp; and < is written &lt;`,
      here(),
    );
  });
  parser.on("doctype", () => {
    throw new Unreadable("has a DOCTYPE, which is not read here: take it out", here());
  });
  parser.on("opentagstart", ({ name }) => {
    // It is told when the name, and the character behind it, have been read.
    const place = { line: parser.line, column: Math.max(1, parser.column - name.length - 1) };
    if (open.length >= DEEPEST) throw new Unreadable(`has elements more than ${DEEPEST} deep`, place);
    open.push({ name, place, text: "", elements: [] });
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const { text, ...element } = open.pop()!;
    const closed = { ...element, text: text.trim() };
    const around = open.at(-1);
    if (around === undefined) outermost = closed;
    else around.elements.push(closed);
  });

  parser.write(xml);
  isAtEnd = true;
  parser.close();
  if (outermost === undefined) throw new Unreadable("is not XML", here());
  return outermost;
}
