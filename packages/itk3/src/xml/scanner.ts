// The characters of XML: names, values, references, and where a fault stands.
import { type IssueCode, Refusal } from "../issue.ts";
import { isPlainBase64 } from "../stu3/base64.ts";
import { forbidden, isPlainName } from "./characters.ts";
import { Lines } from "../read/lines.ts";
import type { Source } from "../read/source.ts";
import { isSpace } from "../read/spaces.ts";
import { withoutReferences } from "./references.ts";

const space = 0x20;
const quotation = 0x22;
const ampersand = 0x26;
const apostrophe = 0x27;
const lessThan = 0x3c;

/** Where a value is longer, V8's search is quicker than a look at each character. */
const longValue = 64;
/** What is longer is looked at as base64 first, which is quicker still where it is. */
const longData = 4096;
/** The first code beyond ASCII. */
const beyond = 0x80;

const notOfNames = 0;
const beginsNames = 1;
const withinNames = 2;
const lookedAtApart = 3;
/** What the characters of ASCII are to names; a colon, and what is beyond ASCII, is looked at apart. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCodePoint(code);
  if (character === ":") return lookedAtApart;
  if (/[A-Z_a-z]/.test(character)) return beginsNames;
  return /[-.0-9]/.test(character) ? withinNames : notOfNames;
});

export class Scanner {
  readonly source: Source;
  /** What is searched of it. */
  readonly text: string;
  /** Where reading is, and what `refuse` says the place of. */
  at = 0;

  constructor(source: Source) {
    this.source = source;
    this.text = source.text;
  }

  /** The code of what stands `offset` further on; no number behind the end. */
  code(offset = 0): number {
    return this.text.charCodeAt(this.at + offset);
  }

  refuse(code: IssueCode, reason: string): never {
    const lines = new Lines(this.source);
    lines.moveTo(this.at);
    throw new Refusal({ severity: "error", code, location: "", line: lines.line, column: lines.column, text: reason });
  }

  malformed(reason: string): never {
    return this.refuse("not-well-formed", `Not well-formed XML: ${reason}.`);
  }

  skipSpaces(): void {
    const { text } = this;
    let { at } = this;
    while (isSpace(text.charCodeAt(at))) at += 1;
    this.at = at;
  }

  /** A name of a tag or an attribute, as written: with a prefix or without. */
  readName(): string {
    const { text, at: from } = this;
    let at = from;
    let isPlain = true;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const kind = code < kinds.length ? kinds[code] : lookedAtApart;
      if (kind === notOfNames) break;
      if (kind === lookedAtApart) isPlain = false;
    }
    const name = isPlain ? text.slice(from, at) : this.source.slice(from, at);
    if (name === "" || kinds[text.charCodeAt(from)] === withinNames) this.malformed("a name is wrong");
    if (!isPlain) {
      const parts = name.split(":", 3);
      if (parts.length > 2 || !parts.every(isPlainName)) this.malformed("a name is wrong");
    }
    this.at = at;
    return name;
  }

  /** An attribute's value: quoted, spaces of any kind as plain ones, references replaced. */
  readValue(): string {
    const { text } = this;
    const quote = this.code();
    if (quote !== quotation && quote !== apostrophe) this.malformed("an attribute's value is not in quotes");
    const from = this.at + 1;
    const soon = from + longValue;
    let at = from;
    let isPlain = true;
    for (; at < soon; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code < space || code === ampersand || code === lessThan || code >= beyond) isPlain = false;
    }
    if (at === soon) {
      at = text.indexOf(quote === quotation ? '"' : "'", at);
      if (at === -1) this.malformed("an attribute's value does not end");
      isPlain &&= isPlainValue(text.slice(soon, at));
    }
    this.at = from;
    const value = isPlain ? text.slice(from, at) : this.#valueOf(this.source.slice(from, at));
    this.at = at + 1;
    return value;
  }

  #valueOf(written: string): string {
    this.refuseAt(written, written.indexOf("<"), "an attribute's value holds a tag");
    // What is wrong is found at its place in what is written; two characters may be one line end.
    const value = this.characterData(written);
    return /[\t\n\r]/.test(written) ? this.characterData(written.replace(/\r\n|[\t\n\r]/g, " ")) : value;
  }

  /** What is written from here on, with references replaced. */
  characterData(written: string): string {
    this.checkCharacters(written);
    if (!written.includes("&")) return written;
    const plain = withoutReferences(written);
    if (typeof plain === "string") return plain;
    return this.#refuseWithin(written, plain, "a reference is none that XML knows");
  }

  /** Looks at what is written from here on. */
  checkCharacters(written: string): void {
    this.refuseAt(written, written.search(forbidden), "a character is not allowed");
  }

  /** Refuses what stands at an offset of what is written from here on, if it is not -1. */
  refuseAt(written: string, offset: number, reason: string): void {
    if (offset !== -1) this.#refuseWithin(written, offset, reason);
  }

  #refuseWithin(written: string, offset: number, reason: string): never {
    this.at += this.source.unitsOf(written.slice(0, offset)).length;
    return this.malformed(reason);
  }

  /** From `length` characters further on to the next `end`, where reading goes on behind it. */
  readUntil(end: string, length: number, missing: string): string {
    const from = this.at + length;
    const to = this.text.indexOf(end, from);
    if (to === -1) this.malformed(missing);
    const written = this.source.slice(from, to);
    this.at = from;
    this.checkCharacters(written);
    this.at = to + end.length;
    return written;
  }
}

/** Whether an attribute's value is what is written, and allowed; what is beyond ASCII is looked at apart. */
function isPlainValue(text: string): boolean {
  if (text.length > longData && isPlainBase64(text)) return true;
  // oxlint-disable-next-line no-control-regex -- they are looked for
  return !/[<&\u0000-\u001f\u0080-\uffff]/.test(text);
}
