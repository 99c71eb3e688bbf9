// JSON with what JSON.parse throws away: where a value stands, how a number was written, and that a name stood twice.
import { type IssueCode, Refusal } from "../issue.ts";
import type { Position } from "../read/positions.ts";
import { Lines } from "../read/lines.ts";
import type { Source } from "../read/source.ts";

export type JsonNode = Position &
  (
    | { kind: "object"; members: ReadonlyMap<string, JsonNode> }
    | { kind: "array"; items: JsonNode[] }
    | { kind: "string"; value: string }
    | { kind: "number"; source: string }
    | { kind: "boolean"; value: boolean }
    | { kind: "null" }
  );

/** Objects and arrays alternate, so that this is as deep as 64 XML elements. */
const maxDepth = 128;

const noMembers: ReadonlyMap<string, JsonNode> = new Map();

/** @throws Refusal where `source` is no JSON, nests too deep, names a member twice or holds more values than that. */
export function parseJson(source: Source, maxValues: number): JsonNode {
  const { text } = source;
  let at = 0;
  let values = 0;
  const lines = new Lines(source);

  const refuse = (code: IssueCode, reason: string): never => {
    lines.moveTo(at);
    const { line, column } = lines;
    throw new Refusal({ severity: "error", code, location: "", line, column, text: reason });
  };
  const malformed = (): never => refuse("not-well-formed", "Not well-formed JSON.");

  const skipSpace = (): void => {
    for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at += 1;
  };

  const expect = (character: string): void => {
    skipSpace();
    if (text[at] !== character) malformed();
    at += 1;
  };

  const readString = (): string => {
    if (text[at] !== '"') malformed();
    let end = text.indexOf('"', at + 1);
    while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
    if (end === -1) malformed();
    const inside = source.slice(at + 1, end);
    at = end + 1;
    // oxlint-disable-next-line no-control-regex -- JSON strings must escape these
    if (/[\u0000-\u001f]/.test(inside)) malformed();
    if (!inside.includes("\\")) return inside;
    try {
      return JSON.parse(`"${inside}"`) as string;
    } catch {
      return malformed();
    }
  };

  const skipDigits = (): void => {
    const from = at;
    for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at += 1;
    if (at === from) malformed();
  };

  // As long as it was written: what is too long for a number is for the reader to say.
  const readNumber = (): string => {
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
    return text.slice(from, at);
  };

  const readObject = (line: number, column: number, depth: number): JsonNode => {
    at += 1;
    skipSpace();
    if (text[at] === "}") {
      at += 1;
      return { kind: "object", members: noMembers, line, column };
    }
    const members = new Map<string, JsonNode>();
    for (;;) {
      skipSpace();
      const name = readString();
      if (members.has(name)) refuse("not-well-formed", "Not well-formed JSON: a name stands twice in one object.");
      expect(":");
      members.set(name, readValue(depth));
      skipSpace();
      if (text[at] === "}") break;
      expect(",");
    }
    at += 1;
    return { kind: "object", members, line, column };
  };

  const readArray = (line: number, column: number, depth: number): JsonNode => {
    const items: JsonNode[] = [];
    at += 1;
    skipSpace();
    if (text[at] === "]") {
      at += 1;
      return { kind: "array", items, line, column };
    }
    for (;;) {
      items.push(readValue(depth));
      skipSpace();
      if (text[at] === "]") break;
      expect(",");
    }
    at += 1;
    return { kind: "array", items, line, column };
  };

  const readWord = <Value>(word: string, value: Value): Value => {
    if (!text.startsWith(word, at)) malformed();
    at += word.length;
    return value;
  };

  const readValue = (depth: number): JsonNode => {
    skipSpace();
    values += 1;
    if (values > maxValues) refuse("too-many-elements", `There are more than ${maxValues} JSON values.`);
    if (depth > maxDepth) refuse("too-deep", "Objects and arrays are nested too deep.");
    lines.moveTo(at);
    const { line, column } = lines;
    switch (text.charAt(at)) {
      case "{":
        return readObject(line, column, depth + 1);
      case "[":
        return readArray(line, column, depth + 1);
      case '"':
        return { kind: "string", value: readString(), line, column };
      case "t":
        return { kind: "boolean", value: readWord("true", true), line, column };
      case "f":
        return { kind: "boolean", value: readWord("false", false), line, column };
      case "n":
        readWord("null", null);
        return { kind: "null", line, column };
      default:
        return { kind: "number", source: readNumber(), line, column };
    }
  };

  const value = readValue(1);
  skipSpace();
  if (at < text.length) malformed();
  return value;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text[quote - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}
