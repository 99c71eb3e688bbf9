// Well-formed XML 1.0 with namespaces, and nothing that a FHIR message has no use for: no DOCTYPE and so no entities, UTF-8
// only, at most 64 elements deep. Why it is ours: docs/decisions/014-own-tokeniser.md.
import { recommendedMaxElements } from "../read/limits.ts";
import { Attributes } from "./attributes.ts";
import { isPlainName } from "./characters.ts";
import { Lines } from "../read/lines.ts";
import type { Position } from "../read/positions.ts";
import { type Source, sourceOfText } from "../read/source.ts";
import { isSpace, withoutOuterSpaces } from "../read/spaces.ts";
import { Namespaces } from "./namespaces.ts";
import { Scanner } from "./scanner.ts";

/** A start tag. The tokeniser has but one of these: of what is needed later, a copy is to be kept. */
export type XmlElement = Readonly<StartTag>;

/** What is written from one offset in the source to another. */
export interface XmlSpan {
  start: number;
  end: number;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  /** Text that is more than spaces and line ends, with what its references stand for. */
  text(text: string): void;
  cdata(text: string, written: XmlSpan): void;
  comment(text: string): void;
  /** A processing instruction: whom it is for is not asked. */
  instruction(written: XmlSpan & Position): void;
  /** `end` is the offset after the element's last `>`, in the source. */
  close(end: number): void;
}

export interface TokeniseOptions {
  /** The root is an element within so many others. */
  outerDepth?: number;
  /** More are refused. */
  maxElements?: number;
}

export const maxDepth = 64;

/** @throws Refusal where `from` is not such XML; whatever the handler throws comes through. */
export function tokenise(from: Source | string, handler: XmlHandler, options: TokeniseOptions = {}): void {
  new Tokeniser(typeof from === "string" ? sourceOfText(from) : from, handler, options).read();
}

const exclamation = 0x21;
const slash = 0x2f;
const lessThan = 0x3c;
const equals = 0x3d;
const greaterThan = 0x3e;
const question = 0x3f;

// XML 1.0, XMLDecl.
const s = "[ \\t\\r\\n]";
const declaration = new RegExp(
  `^<\\?xml${s}+version${s}*=${s}*("[^"]*"|'[^']*')` +
    `(?:${s}+encoding${s}*=${s}*("[A-Za-z][-A-Za-z0-9._]*"|'[A-Za-z][-A-Za-z0-9._]*'))?` +
    `(?:${s}+standalone${s}*=${s}*(?:"(?:yes|no)"|'(?:yes|no)'))?${s}*\\?>`,
);

class StartTag {
  /** Local name; `namespace` is "" where none applies. */
  name = "";
  namespace = "";
  /** True where the name was written with a prefix. */
  prefixed = false;
  /** As written, namespace declarations included. */
  readonly attributes: Attributes = new Attributes();
  /** True for `<name/>`: nothing stands in it, and its end comes next. */
  isEmpty = false;
  /** Offset of `<` in the source. */
  start = 0;
  line = 1;
  column = 1;
}

class Tokeniser {
  readonly #scanner: Scanner;
  readonly #handler: XmlHandler;
  readonly #outerDepth: number;
  readonly #maxElements: number;
  readonly #lines: Lines;
  readonly #namespaces = new Namespaces();
  readonly #tag = new StartTag();
  /** Names of the open elements, as written. */
  readonly #open: string[] = [];
  readonly #ids = new Set<string>();
  #elements = 0;

  constructor(
    source: Source,
    handler: XmlHandler,
    { outerDepth = 0, maxElements = recommendedMaxElements }: TokeniseOptions,
  ) {
    this.#scanner = new Scanner(source);
    this.#handler = handler;
    this.#outerDepth = outerDepth;
    this.#maxElements = maxElements;
    this.#lines = new Lines(source);
  }

  read(): void {
    const scanner = this.#scanner;
    this.#declaration();
    for (;;) {
      const from = scanner.at;
      scanner.skipSpaces();
      const code = scanner.code();
      if (code === lessThan) this.#markup();
      else if (scanner.at < scanner.text.length) this.#characterData(from);
      else break;
    }
    if (this.#open.length > 0) scanner.malformed("an element does not end");
    if (this.#elements === 0) scanner.malformed("there is no element");
  }

  #declaration(): void {
    const scanner = this.#scanner;
    if (!/^<\?xml[ \t\r\n?]/.test(scanner.text)) return;
    const [whole, version, encoding] =
      declaration.exec(scanner.text) ?? scanner.malformed("the XML declaration is wrong");
    if (version?.slice(1, -1) !== "1.0") scanner.malformed("only XML 1.0 is read");
    if (encoding !== undefined && encoding.slice(1, -1).toUpperCase() !== "UTF-8") {
      scanner.refuse("encoding", "The message declares an encoding other than UTF-8.");
    }
    scanner.at = whole.length;
  }

  /** `from` is where the spaces before it begin. */
  #characterData(from: number): void {
    const scanner = this.#scanner;
    if (this.#open.length === 0) scanner.malformed("text stands outside the root element");
    const next = scanner.text.indexOf("<", scanner.at);
    const end = next === -1 ? scanner.text.length : next;
    const written = scanner.source.slice(from, end);
    scanner.at = from;
    scanner.refuseAt(written, written.indexOf("]]>"), "text holds the end of a CDATA section");
    this.#handler.text(scanner.characterData(written));
    scanner.at = end;
  }

  #markup(): void {
    const scanner = this.#scanner;
    switch (scanner.code(1)) {
      case slash:
        this.#endTag();
        return;
      case exclamation:
        this.#commentOrSection();
        return;
      case question:
        this.#instruction();
        return;
      default:
        this.#startTag();
    }
  }

  #commentOrSection(): void {
    const scanner = this.#scanner;
    const { text, at } = scanner;
    if (text.startsWith("<!--", at)) {
      const comment = scanner.readUntil("--", 4, "a comment does not end");
      if (scanner.code() !== greaterThan) scanner.malformed("a comment holds two hyphens");
      scanner.at += 1;
      this.#handler.comment(comment);
    } else if (text.startsWith("<![CDATA[", at) && this.#open.length > 0) {
      const section = scanner.readUntil("]]>", 9, "a CDATA section does not end");
      this.#handler.cdata(section, { start: at, end: scanner.at });
    } else if (text.startsWith("<!DOCTYPE", at)) {
      scanner.refuse("doctype", "A DOCTYPE is not allowed in a FHIR message.");
    } else {
      scanner.malformed("a declaration is not allowed");
    }
  }

  #instruction(): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    scanner.at += 2;
    const target = scanner.readName();
    if (target.toLowerCase() === "xml") this.#refuseDeclaration(target, start);
    if (target.includes(":") || !(isSpace(scanner.code()) || scanner.text.startsWith("?>", scanner.at))) {
      scanner.malformed("the name of a processing instruction is wrong");
    }
    scanner.readUntil("?>", 0, "a processing instruction does not end");
    this.#lines.moveTo(start);
    const { line, column } = this.#lines;
    this.#handler.instruction({ start, end: scanner.at, line, column });
  }

  /** XML 1.0, PITarget: no instruction is named so, and the declaration stands before everything else. */
  #refuseDeclaration(target: string, start: number): never {
    const scanner = this.#scanner;
    scanner.at = start;
    if (target !== "xml") scanner.malformed("the name of a processing instruction is wrong");
    const before = scanner.text.slice(0, start);
    if (before === "") scanner.malformed("the XML declaration is wrong");
    if (withoutOuterSpaces(before) !== "") scanner.malformed("an XML declaration does not stand at the beginning");
    const what = /[\r\n]/.test(before) ? "a blank line" : "white space";
    return scanner.malformed(`there is ${what} before the XML declaration`);
  }

  #startTag(): void {
    const scanner = this.#scanner;
    const tag = this.#tag;
    tag.start = scanner.at;
    scanner.at += 1;
    const written = scanner.readName();
    this.#enter(written);
    this.#readAttributes();
    tag.isEmpty = scanner.code() === slash;
    if (tag.isEmpty) scanner.at += 1;
    this.#endOfTag("a tag does not end");
    const end = scanner.at;
    // What is wrong with its names is found at the tag.
    scanner.at = tag.start;
    if (tag.attributes.isQualified) this.#enterScope();
    this.#qualify(written);
    scanner.at = end;
    this.#lines.moveTo(tag.start);
    tag.line = this.#lines.line;
    tag.column = this.#lines.column;
    this.#handler.open(tag);
    if (tag.isEmpty) this.#leave();
  }

  #endTag(): void {
    const scanner = this.#scanner;
    const name = scanner.source.unitsOf(this.#open.at(-1) ?? scanner.malformed("an end tag has no start tag"));
    const mismatch = "an end tag does not match the start tag";
    if (!scanner.text.startsWith(name, scanner.at + 2)) scanner.malformed(mismatch);
    scanner.at += 2 + name.length;
    scanner.skipSpaces();
    this.#endOfTag(mismatch);
    this.#leave();
  }

  #endOfTag(missing: string): void {
    const scanner = this.#scanner;
    if (scanner.code() !== greaterThan) scanner.malformed(missing);
    scanner.at += 1;
  }

  #enter(written: string): void {
    const scanner = this.#scanner;
    if (this.#elements > 0 && this.#open.length === 0) scanner.malformed("there is more than one root element");
    this.#elements += 1;
    if (this.#elements > this.#maxElements) {
      scanner.refuse("too-many-elements", `There are more than ${this.#maxElements} elements.`);
    }
    this.#open.push(written);
    if (this.#outerDepth + this.#open.length > maxDepth) {
      scanner.refuse("too-deep", `Elements are nested more than ${maxDepth} deep.`);
    }
  }

  #leave(): void {
    this.#handler.close(this.#scanner.at);
    this.#namespaces.leave(this.#open.length);
    this.#open.pop();
  }

  #readAttributes(): void {
    const scanner = this.#scanner;
    const { attributes } = this.#tag;
    attributes.clear();
    for (;;) {
      const before = scanner.at;
      scanner.skipSpaces();
      const code = scanner.code();
      if (code === greaterThan || code === slash) return;
      if (scanner.at === before) scanner.malformed("a tag does not end");
      const name = scanner.readName();
      scanner.skipSpaces();
      if (scanner.code() !== equals) scanner.malformed("an attribute has no value");
      scanner.at += 1;
      scanner.skipSpaces();
      if (!attributes.add(name, scanner.readValue())) scanner.malformed("an attribute stands twice");
    }
  }

  #enterScope(): void {
    const { attributes } = this.#tag;
    for (let index = 0; index < attributes.count; index += 1) {
      const fault = this.#namespaces.enter(attributes.name(index), attributes.value(index), this.#open.length);
      if (fault !== undefined) this.#scanner.malformed(fault);
    }
    const expanded = new Set<string>();
    for (let index = 0; index < attributes.count; index += 1) {
      const name = attributes.name(index);
      const colon = name.indexOf(":");
      if (colon === -1 || name.startsWith("xmlns:")) continue;
      if (name === "xml:id") this.#checkId(attributes.value(index));
      const full = `${this.#namespaceOf(name.slice(0, colon))} ${name.slice(colon + 1)}`;
      if (expanded.has(full)) this.#scanner.malformed("an attribute stands twice");
      expanded.add(full);
    }
  }

  #qualify(written: string): void {
    const colon = written.indexOf(":");
    const tag = this.#tag;
    tag.prefixed = colon !== -1;
    tag.name = tag.prefixed ? written.slice(colon + 1) : written;
    tag.namespace = tag.prefixed ? this.#namespaceOf(written.slice(0, colon)) : this.#namespaces.default;
  }

  #namespaceOf(prefix: string): string {
    return this.#namespaces.of(prefix) ?? this.#scanner.malformed("a namespace prefix is not declared");
  }

  // xml:id, Version 1.0: FHIR has no use for it, but what other parsers refuse is refused.
  #checkId(id: string): void {
    // Spaces around it are none of it.
    if (!isPlainName(withoutOuterSpaces(id))) this.#scanner.malformed("an xml:id is no name");
    if (this.#ids.has(id)) this.#scanner.malformed("an xml:id stands twice");
    this.#ids.add(id);
  }
}
