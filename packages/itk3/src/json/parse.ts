// JSON with what JSON.parse throws away: where a value stands, how a number was written, and that a name stood twice.
import { type IssueCode, Refusal } from "../issue.ts";
import type { Position } from "../read/positions.ts";
import { Lines } from "../read/lines.ts";
import type { Source } from "../read/source.ts";

export type JsonNode = Position & {
  /** What a member of an object goes by; "" for what is none. */
  name: string;
} & (
    | { kind: "object"; members: readonly JsonNode[] }
    | { kind: "array"; items: readonly JsonNode[] }
    | { kind: "string"; value: string }
    | { kind: "number"; source: string }
    | { kind: "boolean"; value: boolean }
    | { kind: "null" }
  );

/** Objects and arrays alternate, so that this is as deep as 64 XML elements. */
const maxDepth = 128;

/** Names of more members are looked up rather than compared. */
const manyMembers = 16;

const none: readonly JsonNode[] = [];

/** @throws Refusal where `source` is no JSON, nests too deep, names a member twice or holds more values than that. */
export function parseJson(source: Source, maxValues: number): JsonNode {
  const { text } = source;
  let at = 0;
  let values = 0;
  const lines = new Lines(source);
  // What came so far of each object and array that is open: when one ends, its own are taken off into a list of just their
  // length. Of dense JSON nearly all is small objects, held until the last is read: what each takes is what it costs.
  const open: JsonNode[] = [];

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

  const readObject = (name: string, line: number, column: number, depth: number): JsonNode => {
    at += 1;
    skipSpace();
    if (text[at] === "}") {
      at += 1;
      return { kind: "object", name, line, column, members: none };
    }
    const from = open.length;
    let names: Set<string> | undefined;
    for (;;) {
      skipSpace();
      const member = readString();
      if (open.length - from === manyMembers) names = namesFrom(open, from);
      const standsTwice = names === undefined ? isNameFrom(open, from, member) : names.has(member);
      if (standsTwice) refuse("not-well-formed", "Not well-formed JSON: a name stands twice in one object.");
      names?.add(member);
      expect(":");
      open.push(readValue(member, depth));
      skipSpace();
      if (text[at] === "}") break;
      expect(",");
    }
    at += 1;
    return { kind: "object", name, line, column, members: open.splice(from) };
  };

  const readArray = (name: string, line: number, column: number, depth: number): JsonNode => {
    at += 1;
    skipSpace();
    if (text[at] === "]") {
      at += 1;
      return { kind: "array", name, line, column, items: none };
    }
    const from = open.length;
    for (;;) {
      open.push(readValue("", depth));
      skipSpace();
      if (text[at] === "]") break;
      expect(",");
    }
    at += 1;
    return { kind: "array", name, line, column, items: open.splice(from) };
  };

  const readWord = <Value>(word: string, value: Value): Value => {
    if (!text.startsWith(word, at)) malformed();
    at += word.length;
    return value;
  };

  const readValue = (name: string, depth: number): JsonNode => {
    skipSpace();
    values += 1;
    if (values > maxValues) refuse("too-many-elements", `There are more than ${maxValues} JSON values.`);
    if (depth > maxDepth) refuse("too-deep", "Objects and arrays are nested too deep.");
    lines.moveTo(at);
    const { line, column } = lines;
    switch (text.charAt(at)) {
      case "{":
        return readObject(name, line, column, depth + 1);
      case "[":
        return readArray(name, line, column, depth + 1);
      case '"':
        return { kind: "string", name, line, column, value: readString() };
      case "t":
        return { kind: "boolean", name, line, column, value: readWord("true", true) };
      case "f":
        return { kind: "boolean", name, line, column, value: readWord("false", false) };
      case "n":
        readWord("null", null);
        return { kind: "null", name, line, column };
      default:
        return { kind: "number", name, line, column, source: readNumber() };
    }
  };

  const value = readValue("", 1);
  skipSpace();
  if (at < text.length) malformed();
  return value;
}

/** Undefined where the object has none of the name. */
export function memberOf({ members }: { members: readonly JsonNode[] }, name: string): JsonNode | undefined {
  return members.find((member) => member.name === name);
}

function isNameFrom(nodes: readonly JsonNode[], from: number, name: string): boolean {
  for (let index = from; index < nodes.length; index += 1) if (nodes[index]?.name === name) return true;
  return false;
}

function namesFrom(nodes: readonly JsonNode[], from: number): Set<string> {
  return new Set(nodes.slice(from).map(({ name }) => name));
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text[quote - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}
