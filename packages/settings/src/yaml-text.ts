import { escapePointer, type TextPlace } from "@restante/mesh";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Finding } from "./finding.ts";
import type { ReadText, TextFault } from "./written-text.ts";

// YAML 1.2, its core schema, and of it what a file of settings needs: one document of objects, lists, texts, numbers,
// true, false and nothing. Aliases, merges, tags and names that are no text are refused in words rather than read: each is
// a way of saying something else than what a person sees.

/** The characters of a file of YAML. A second or two of reading; what is larger is no file of settings. */
export const LONGEST_YAML = 1_000_000;
/** Deeper than any file of ours by far; the reader itself would run out of stack at some 400. */
const DEEPEST = 64;

export function readYamlText(text: string): ReadText | TextFault {
  const yaml = text.replace(/^\uFEFF/, "");
  if (yaml.length > LONGEST_YAML) {
    return {
      words: `is larger than ${LONGEST_YAML / 1_000_000} MB: write it as JSON, in a file whose name ends in .json`,
    };
  }
  const lines = new LineCounter();
  // Names that are there twice are found below: the parser takes a minute for 50,000 names.
  const document = parseDocument(yaml, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const placeAt = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [fault] = document.errors;
  if (fault !== undefined) return { words: faultWords(fault), place: placeAt(fault.pos[0]) };
  if (document.directives.yaml.version === "1.1") {
    return { words: "says that it is YAML 1.1: YAML 1.2 is read here", place: placeAt(0) };
  }
  const reading: Reading = { offsets: new Map(), findings: [], oddNumbers: [] };
  const value = read(document.contents, "", 0, reading);
  return {
    value,
    placeOf: (pointer) => placeAt(nearest(reading.offsets, pointer)),
    findings: reading.findings,
    oddNumbers: reading.oddNumbers,
  };
}

interface Reading {
  readonly offsets: Map<string, number>;
  readonly findings: Finding[];
  readonly oddNumbers: string[];
}

function read(node: Node | null, pointer: string, depth: number, reading: Reading): unknown {
  const offset = node?.range?.[0];
  if (offset !== undefined && !reading.offsets.has(pointer)) reading.offsets.set(pointer, offset);
  const refuse = (words: string): undefined => void reading.findings.push({ pointer, words });
  if (node === null) return null;
  if (isAlias(node)) return refuse("is an alias (*), which is not read here: write it out");
  if ("tag" in node && node.tag !== undefined)
    return refuse("has a tag (!), which is not read here: put a text between quotes");
  if (depth > DEEPEST) return refuse(`is nested more than ${DEEPEST} deep`);
  if (isMap(node)) return readMap(node, pointer, depth, reading);
  if (isSeq(node)) return readList(node, pointer, depth, reading);
  return isScalar(node) ? readScalar(node, pointer, reading) : undefined;
}

function readMap({ items }: YAMLMap, pointer: string, depth: number, reading: Reading): object {
  const properties = new Map<string, unknown>();
  for (const { key, value } of items as Pair<Node | null, Node | null>[]) {
    const offset = key?.range?.[0];
    if (!isScalar(key) || key.tag !== undefined || typeof key.value !== "string") {
      // A number is a name that no object of ours has.
      reading.findings.push({ pointer, words: "has a name that is no text", ...placed(reading, pointer, offset) });
      continue;
    }
    const at = `${pointer}/${escapePointer(key.value)}`;
    if (offset !== undefined) reading.offsets.set(at, offset);
    if (properties.has(key.value)) {
      const words = "has a property that the same object has before it: only one of them can be meant";
      reading.findings.push({ pointer, at, words });
    }
    properties.set(key.value, read(value, at, depth + 1, reading));
  }
  return Object.fromEntries(properties);
}

/** The place of a name that makes no pointer. */
function placed({ offsets }: Reading, pointer: string, offset: number | undefined): { at?: string } {
  if (offset === undefined) return {};
  const at = `${pointer}/?${offset}`;
  offsets.set(at, offset);
  return { at };
}

function readList({ items }: YAMLSeq, pointer: string, depth: number, reading: Reading): unknown[] {
  return items.map((item, index) => read(item as Node | null, `${pointer}/${index}`, depth + 1, reading));
}

const plainNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/;

function readScalar({ value, source }: Scalar, pointer: string, { oddNumbers }: Reading): unknown {
  if (typeof value === "number" && !plainNumber.test(source ?? "")) oddNumbers.push(pointer);
  return value;
}

function nearest(offsets: ReadonlyMap<string, number>, pointer: string): number {
  for (let known = pointer; ; known = known.slice(0, known.lastIndexOf("/"))) {
    const offset = offsets.get(known);
    if (offset !== undefined) return offset;
    if (known === "") return 0;
  }
}

/** Never the parser's own words: they may quote the file. */
function faultWords({ code }: YAMLError): string {
  return `is not YAML: ${faults[code] ?? "what stands there cannot be read"}`;
}

const faults: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  BAD_INDENT: "the indentation does not fit what is above it, or a bracket or quote is not closed",
  BAD_SCALAR_START: "a text that begins with such a sign is put between quotes",
  BAD_DQ_ESCAPE: "a \\ between double quotes begins an escape; single quotes take it as it is",
  BAD_ALIAS: "an alias has no name",
  BLOCK_AS_IMPLICIT_KEY: "a text with ': ' in it is put between quotes, and a property stands on a line of its own",
  BLOCK_IN_FLOW: "inside { } or [ ] there can be no indented block",
  KEY_OVER_1024_CHARS: "a name is too long",
  MISSING_CHAR: "a quote, a bracket, a comma or the space after a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a name or its ':' is missing",
  MULTIPLE_DOCS: "it holds a second document (---): there is one in a file",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
  TAB_AS_INDENT: "lines are indented with spaces, not with tabs",
  UNEXPECTED_TOKEN: "there is something that does not belong here; the indentation may be wrong",
};
