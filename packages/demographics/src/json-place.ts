/** A value in a file of JSON, and where what is wrong with it is told. */
export interface Place {
  readonly value: unknown;
  readonly file: string;
  /** A JSON Pointer (RFC 6901), empty for the whole file. */
  readonly pointer: string;
  readonly problems: string[];
}

/**
 * Reads the value at a place. What is wrong is added to the place's problems, and the result is then only a stand-in:
 * the caller looks at the problems before using any of it, so that all of them are told at once.
 */
export type Read<Value> = (place: Place) => Value;

export function problem({ file, pointer, problems }: Place, text: string): void {
  problems.push(`${pointer === "" ? file : `${file} ${pointer}`} ${text}`);
}

/** Text of JSON as a place; undefined, and a problem, if it is none. */
export function parseJson(file: string, text: string, problems: string[]): Place | undefined {
  try {
    return { value: JSON.parse(text) as unknown, file, pointer: "", problems };
  } catch (error) {
    // The parser's message may quote the file; only where it stopped is kept.
    const [where = ""] = / at line \d+ column \d+|\(line \d+ column \d+\)/.exec(String(error)) ?? [];
    problems.push(`${file} is not JSON ${where}`.trim());
    return undefined;
  }
}

/** An object with no properties but these. Gives a function to read each of them. */
export function object(place: Place, names: readonly string[]): <Value>(name: string, read: Read<Value>) => Value {
  const { value, pointer, problems } = place;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) problem(place, "must be an object");
  const properties = isObject ? (value as Readonly<Record<string, unknown>>) : {};
  for (const name of Object.keys(properties)) {
    // The name is not told: in a file put together wrongly it may be anything.
    if (!names.includes(name)) problem(place, `has a property that is none of ${names.join(", ")}`);
  }
  // What is inside something that is no object is not missing: the problem has been told.
  return (name, read) =>
    read({
      ...place,
      value: properties[name],
      pointer: `${pointer}/${name}`,
      problems: isObject ? problems : [],
    });
}

export function optional<Value>(read: Read<Value>): Read<Value | undefined> {
  return (place) => (place.value === undefined ? undefined : read(place));
}

export function withDefault<Value>(read: Read<Value>, value: Value): Read<Value> {
  return (place) => (place.value === undefined ? value : read(place));
}

export function list<Value>(read: Read<Value>, least = 0): Read<Value[]> {
  return (place) => {
    const { value, pointer } = place;
    if (!Array.isArray(value) || value.length < least) {
      problem(place, least === 0 ? "must be a list" : `must be a list of at least ${least}`);
      return [];
    }
    return value.map((item: unknown, index) => read({ ...place, value: item, pointer: `${pointer}/${index}` }));
  };
}

export const text: Read<string> = (place) => {
  const { value } = place;
  if (typeof value === "string" && value.trim() !== "") return value.trim();
  problem(place, "must be a text that is not empty");
  return "";
};

export const flag: Read<boolean> = (place) => {
  if (typeof place.value !== "boolean") problem(place, "must be true or false");
  return place.value === true;
};

export function oneOf<Word extends string>(...words: readonly [Word, ...Word[]]): Read<Word> {
  return (place) => {
    const word = words.find((word) => word === place.value);
    if (word === undefined) problem(place, `must be one of ${words.join(", ")}`);
    return word ?? words[0];
  };
}

/** A text that a parser of ours takes. `must` completes "must be". */
export function parsed<Value>(parse: (text: string) => Value, must: string): Read<Value> {
  return (place) => {
    try {
      return parse(typeof place.value === "string" ? place.value : "");
    } catch {
      problem(place, `must be ${must}`);
      return "" as Value;
    }
  };
}
