// JSON with what JSON.parse throws away: where a value stands, how a number was written, and that a name stood twice.
import { type IssueCode, Refusal } from "../issue.ts";
import { Lines } from "../read/lines.ts";
import type { Source } from "../read/source.ts";
import { isSpace } from "../read/spaces.ts";
import { type JsonNode, JsonValues } from "./values.ts";

/** What ends a string, or may not stand in it as itself. */
// oxlint-disable-next-line no-control-regex -- JSON strings must escape these
const special = /["\\\u0000-\u001f]/g;

/** Objects and arrays alternate, so that this is as deep as 64 XML elements. */
const maxDepth = 128;

/** Names of more members are looked up rather than compared. */
const manyMembers = 16;

/**
 * Of the values the first is the whole.
 *
 * @throws Refusal where `source` is no JSON, nests too deep, names a member twice or holds more values than that.
 */
export function parseJson(source: Source, maxValues: number): JsonValues {
  const { text } = source;
  const values = new JsonValues(source);
  let at = 0;
  let count = 0;
  const lines = new Lines(source);
  /** The names of each object that is open, of those that came so far. */
  const open: number[] = [];
  let opened = 0;

  const refuse = (code: IssueCode, reason: string): never => {
    lines.moveTo(at);
    const { line, column } = lines;
    throw new Refusal({ severity: "error", code, location: "", line, column, text: reason });
  };
  const malformed = (): never => refuse("not-well-formed", "Not well-formed JSON.");

  const nameless = values.numberOf("");

  const skipSpace = (): void => {
    for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at += 1;
  };

  const expect = (character: string): void => {
    skipSpace();
    if (text[at] !== character) malformed();
    at += 1;
  };

  /** The offset of the quote that ends a string without escapes; -1 where it has some, or is none. */
  const plainEnd = (): number => {
    special.lastIndex = at + 1;
    if (text[at] !== '"' || !special.test(text)) return -1;
    const end = special.lastIndex - 1;
    return text[end] === '"' ? end : -1;
  };

  const readEscaped = (): string => {
    if (text[at] !== '"') malformed();
    let end = text.indexOf('"', at + 1);
    while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end === -1) malformed();
    const inside = source.slice(at + 1, end);
    at = end + 1;
    // oxlint-disable-next-line no-control-regex -- JSON strings must escape these
    if (/[\u0000-\u001f]/.test(inside)) malformed();
    try {
      return JSON.parse(`"${inside}"`) as string;
    } catch {
      return malformed();
    }
  };

  const readName = (): number => {
    const end = plainEnd();
    if (end === -1) return values.numberOf(readEscaped());
    const name = source.slice(at + 1, end);
    at = end + 1;
    return values.numberOf(name);
  };

  const readString = (node: JsonNode): void => {
    const end = plainEnd();
    if (end === -1) {
      values.saysElse(node, readEscaped());
      return;
    }
    values.says(node, at + 1, end);
    at = end + 1;
  };

  const skipDigits = (): void => {
    const from = at;
    for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at += 1;
    if (at === from) malformed();
  };

  // As long as it was written: what is too long for a number is for the reader to say.
  const readNumber = (node: JsonNode): void => {
    const from = at;
    if (text[at] === "-") at += 1;
    if (text[at] === "0") at += 1;
    else skipDigits();
    if (text[at] === ".") {
      at += 1;
      skipDigits();
    }
    if (text[at] === "e" || text[at] === "E") {
      at += 1;
      if (text[at] === "+" || text[at] === "-") at += 1;
      skipDigits();
    }
    values.says(node, from, at);
  };

  const readObject = (node: JsonNode, depth: number): void => {
    at += 1;
    skipSpace();
    let size = 0;
    if (text[at] !== "}") {
      const from = opened;
      let names: Set<number> | undefined;
      for (;;) {
        skipSpace();
        const name = readName();
        if (size === manyMembers) names = new Set(open.slice(from, opened));
        if (names === undefined ? standsFrom(from, name) : names.has(name)) {
          refuse("not-well-formed", "Not well-formed JSON: a name stands twice in one object.");
        }
        if (names === undefined) {
          open[opened] = name;
          opened += 1;
        } else {
          names.add(name);
        }
        expect(":");
        readValue(name, depth);
        size += 1;
        skipSpace();
        if (text[at] === "}") break;
        expect(",");
      }
      opened = from;
    }
    at += 1;
    values.end(node, size);
  };

  const standsFrom = (from: number, name: number): boolean => {
    for (let index = from; index < opened; index += 1) if (open[index] === name) return true;
    return false;
  };

  const readArray = (node: JsonNode, depth: number): void => {
    at += 1;
    skipSpace();
    let size = 0;
    if (text[at] !== "]") {
      for (;;) {
        readValue(nameless, depth);
        size += 1;
        skipSpace();
        if (text[at] === "]") break;
        expect(",");
      }
    }
    at += 1;
    values.end(node, size);
  };

  const readWord = (node: JsonNode, word: string): void => {
    if (!text.startsWith(word, at)) malformed();
    values.says(node, at, at + word.length);
    at += word.length;
  };

  const readValue = (name: number, depth: number): void => {
    skipSpace();
    count += 1;
    if (count > maxValues) refuse("too-many-elements", `There are more than ${maxValues} JSON values.`);
    if (depth > maxDepth) refuse("too-deep", "Objects and arrays are nested too deep.");
    lines.moveTo(at);
    const { line, column } = lines;
    switch (text.charAt(at)) {
      case "{":
        return readObject(values.begin("object", name, line, column), depth + 1);
      case "[":
        return readArray(values.begin("array", name, line, column), depth + 1);
      case '"':
        return readString(values.begin("string", name, line, column));
      case "t":
        return readWord(values.begin("boolean", name, line, column), "true");
      case "f":
        return readWord(values.begin("boolean", name, line, column), "false");
      case "n":
        return readWord(values.begin("null", name, line, column), "null");
      default:
        return readNumber(values.begin("number", name, line, column));
    }
  };

  readValue(nameless, 1);
  skipSpace();
  if (at < text.length) malformed();
  return values;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text[quote - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}
