// The values of a JSON text as they are written, one after another, in numbers rather than in objects. Dense JSON is nearly
// all small objects, and all of them are held until the last is read: as objects they are what V8 gathers garbage around.
// Why: docs/decisions/171-readings-measured.md.
import type { Source } from "../read/source.ts";

const kinds = ["object", "array", "string", "number", "boolean", "null"] as const;
export type JsonKind = (typeof kinds)[number];

/** A value, by its number: what an object or an array holds has the numbers that follow its own. */
export type JsonNode = number;

/** How many numbers a value is. */
const width = 6;
const [kindAt, nameAt, lineAt, columnAt, fromAt, toAt] = [0, 1, 2, 3, 4, 5] as const;
const codes = Object.fromEntries(kinds.map((kind, code) => [kind, code])) as Readonly<Record<JsonKind, number>>;

/**
 * Room is made for one value for each so many characters, which is more than most messages have, and grows with what comes: a
 * report of megabytes is one value.
 */
const likelyLength = 32;
const [leastRoom, mostRoom] = [64, 32_768] as const;

/** Where a text stands that is not what is written: in the list of those. */
const elsewhere = -1;

export class JsonValues {
  readonly #source: Source;
  /** What names go by: each is held once, however often it is written. */
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Of strings with escapes, what they say. */
  readonly #said: string[] = [];
  #fields: Int32Array;
  #count = 0;

  constructor(source: Source) {
    this.#source = source;
    const likely = Math.floor(source.text.length / likelyLength);
    this.#fields = new Int32Array(width * Math.min(Math.max(likely, leastRoom), mostRoom));
  }

  /** The same for the same name. */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** A value that begins, and holds nothing. */
  begin(kind: JsonKind, name: number, line: number, column: number): JsonNode {
    const at = this.#count * width;
    if (at === this.#fields.length) {
      const more = new Int32Array(2 * at);
      more.set(this.#fields);
      this.#fields = more;
    }
    const fields = this.#fields;
    fields[at + kindAt] = codes[kind];
    fields[at + nameAt] = name;
    fields[at + lineAt] = line;
    fields[at + columnAt] = column;
    this.#count += 1;
    return this.#count - 1;
  }

  /** An object or array that ends, and holds so many. */
  end(node: JsonNode, size: number): void {
    this.#put(node, size, this.#count);
  }

  /** A value that says what is written from one offset to another. */
  says(node: JsonNode, from: number, to: number): void {
    this.#put(node, from, to);
  }

  /** A string that says something else than what is written. */
  saysElse(node: JsonNode, said: string): void {
    this.#put(node, elsewhere, this.#said.push(said) - 1);
  }

  #put(node: JsonNode, from: number, to: number): void {
    this.#fields[node * width + fromAt] = from;
    this.#fields[node * width + toAt] = to;
  }

  #field(node: JsonNode, which: number): number {
    return this.#fields[node * width + which] ?? 0;
  }

  kind(node: JsonNode): JsonKind {
    return kinds[this.#field(node, kindAt)] ?? "null";
  }

  /** What a member of an object goes by; "" for what is none. */
  name(node: JsonNode): string {
    return this.#names[this.#field(node, nameAt)] ?? "";
  }

  line(node: JsonNode): number {
    return this.#field(node, lineAt);
  }

  column(node: JsonNode): number {
    return this.#field(node, columnAt);
  }

  /** What a string says; a number or a boolean as it is written. */
  text(node: JsonNode): string {
    const from = this.#field(node, fromAt);
    const to = this.#field(node, toAt);
    return from === elsewhere ? (this.#said[to] ?? "") : this.#source.slice(from, to);
  }

  /** How many an object or array holds. */
  size(node: JsonNode): number {
    return this.#field(node, fromAt);
  }

  /** The first that an object or array holds, where it holds any. */
  first(node: JsonNode): JsonNode {
    return node + 1;
  }

  /** The one behind a value and all that it holds. */
  next(node: JsonNode): JsonNode {
    return this.#field(node, kindAt) <= codes.array ? this.#field(node, toAt) : node + 1;
  }

  /** What an object or array holds, in order. */
  within(node: JsonNode): readonly JsonNode[] {
    const held: JsonNode[] = [];
    const end = this.next(node);
    for (let one = this.first(node); one < end; one = this.next(one)) held.push(one);
    return held;
  }

  /** Undefined where the object has none of the name. */
  member(node: JsonNode, name: string): JsonNode | undefined {
    const number = this.#numbers.get(name);
    const end = this.next(node);
    for (let one = this.first(node); one < end; one = this.next(one)) {
      if (this.#field(one, nameAt) === number) return one;
    }
    return undefined;
  }
}
