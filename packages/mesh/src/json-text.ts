/** Where something stands in a text, both from 1; columns in units of UTF-16, as editors count. */
export interface TextPlace {
  line: number;
  column: number;
}

/** JSON that a person wrote: its value, and where each part of it stands. */
export interface JsonText {
  value: unknown;
  /**
   * Where the value at a JSON Pointer (RFC 6901) stands: a property at its name. What is missing is placed at what it
   * is missing from.
   */
  readonly placeOf: (pointer: string) => TextPlace;
  /** Pointers to properties that an object has twice: JSON.parse keeps only the last, without a word. */
  repeated: readonly string[];
}

/**
 * Reads JSON, a mark of UTF-8 at its start or not. Where the text is no JSON, the place where it stops being any; never
 * what stands there.
 */
export function readJsonText(text: string): JsonText | { fault: TextPlace } {
  const json = text.replace(/^\uFEFF/, "");
  const scanned = scan(json);
  const placeAt = placesIn(json);
  try {
    const value: unknown = JSON.parse(json);
    const placeOf = (pointer: string): TextPlace => placeAt(nearest(scanned.offsets, pointer));
    return { value, placeOf, repeated: scanned.repeated };
  } catch {
    return { fault: placeAt(scanned.stopped) };
  }
}

interface Scan {
  offsets: ReadonlyMap<string, number>;
  repeated: string[];
  /** Where the scan ended: the end of the text, or the first character that JSON does not have there. */
  stopped: number;
}

/** An object or list that is being read, its own pointer and what of it has been read. */
type Open = { pointer: string; names: Set<string> } | { pointer: string; items: number };

/** What lies deeper is placed at what it is in: a pointer for each of a million brackets would fill the memory. */
const DEEPEST = 64;

/** Goes over the text once, without recursion, so that no depth of brackets is too much. */
function scan(text: string): Scan {
  const offsets = new Map<string, number>();
  const repeated: string[] = [];
  const open: Open[] = [];
  let at = 0;
  const skipSpace = (): void => {
    while (at < text.length && " \t\n\r".includes(text[at]!)) at += 1;
  };
  const done = (): Scan => ({ offsets, repeated, stopped: at });

  let pointer = "";
  let expected: "value" | "first" | "next" = "value";
  for (;;) {
    skipSpace();
    if (expected === "value") {
      if (!offsets.has(pointer)) offsets.set(pointer, at);
      const character = text[at];
      if (character === "{" || character === "[") {
        open.push(character === "{" ? { pointer, names: new Set() } : { pointer, items: 0 });
        at += 1;
        expected = "first";
        continue;
      }
      const end = endOfScalar(text, at);
      at = end.at;
      if (!end.whole) return done();
      expected = "next";
      continue;
    }
    const holder = open.at(-1);
    if (holder === undefined) return done();
    if (text[at] === ("names" in holder ? "}" : "]")) {
      at += 1;
      open.pop();
      expected = "next";
      continue;
    }
    if (expected === "next") {
      if (text[at] !== ",") return done();
      at += 1;
      skipSpace();
    }
    const isDeep = open.length > DEEPEST;
    if ("items" in holder) {
      pointer = isDeep ? holder.pointer : `${holder.pointer}/${holder.items}`;
      holder.items += 1;
      expected = "value";
      continue;
    }
    const start = at;
    const end = text[at] === '"' ? endOfString(text, at) : { at, whole: false };
    at = end.at;
    if (!end.whole) return done();
    const name = JSON.parse(text.slice(start, at)) as string;
    pointer = isDeep ? holder.pointer : `${holder.pointer}/${escapePointer(name)}`;
    if (holder.names.has(name)) repeated.push(pointer);
    holder.names.add(name);
    if (!isDeep) offsets.set(pointer, start);
    skipSpace();
    if (text[at] !== ":") return done();
    at += 1;
    expected = "value";
  }
}

interface End {
  at: number;
  whole: boolean;
}

const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

function endOfScalar(text: string, start: number): End {
  if (text[start] === '"') return endOfString(text, start);
  scalar.lastIndex = start;
  const found = scalar.exec(text);
  return { at: start + (found?.[0].length ?? 0), whole: found !== null };
}

const escaped = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** Character by character: an expression for a whole text runs out of stack on a long one. */
function endOfString(text: string, start: number): End {
  let at = start + 1;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') return { at: at + 1, whole: true };
    if (character < " ") return { at, whole: false };
    if (character === "\\") {
      escaped.lastIndex = at;
      const found = escaped.exec(text);
      if (found === null) return { at, whole: false };
      at += found[0].length;
    } else {
      at += 1;
    }
  }
  return { at, whole: false };
}

function nearest(offsets: ReadonlyMap<string, number>, pointer: string): number {
  for (let known = pointer; ; known = known.slice(0, known.lastIndexOf("/"))) {
    const offset = offsets.get(known);
    if (offset !== undefined) return offset;
    if (known === "") return 0;
  }
}

/** Tells the place of an offset, of any number of them. */
function placesIn(text: string): (offset: number) => TextPlace {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/** RFC 6901, clause 3. */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
