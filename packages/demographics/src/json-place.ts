import { escapePointer, nearestName, readJsonText, type TextPlace } from "@restante/mesh";

/** A value in a file of JSON, and where what is wrong with it is told. */
export interface Place {
  readonly value: unknown;
  readonly file: string;
  /** A JSON Pointer (RFC 6901), empty for the whole file. */
  readonly pointer: string;
  /** Where in the file a pointer leads. */
  readonly lineOf?: (pointer: string) => TextPlace;
  readonly problems: string[];
}

/**
 * Reads the value at a place. What is wrong is added to the place's problems, and the result is then only a stand-in:
 * the caller looks at the problems before using any of it, so that all of them are told at once.
 */
export type Read<Value> = (place: Place) => Value;

/** @param at The pointer to the line that is told, where it is not the place's own. */
export function problem(place: Place, text: string, at: string = place.pointer): void {
  place.problems.push(`${placeWords(place, place.pointer, at)} ${text}`);
}

/** `patients.json /patients/0/names (line 4 column 7)`. */
export function placeWords({ file, lineOf }: Place, pointer: string, at: string = pointer): string {
  const name = pointer === "" ? file : `${file} ${pointer}`;
  return lineOf === undefined || at === "" ? name : `${name} (${lineWords(lineOf(at))})`;
}

function lineWords({ line, column }: TextPlace): string {
  return `line ${line} column ${column}`;
}

/** Text of JSON as a place; undefined, and a problem, if it is none. */
export function parseJson(file: string, text: string, problems: string[]): Place | undefined {
  if (text.trim() === "") {
    problems.push(`${file} is not JSON: it is empty`);
    return undefined;
  }
  const json = readJsonText(text);
  if ("fault" in json) {
    problems.push(`${file} is not JSON (${lineWords(json.fault)})`);
    return undefined;
  }
  for (const pointer of json.repeated) {
    // The name is not told: in a file put together wrongly it may be anything.
    problems.push(`${file} (${lineWords(json.placeOf(pointer))}) has a property that the same object has before it`);
  }
  return { value: json.value, file, pointer: "", lineOf: json.placeOf, problems };
}

/** An object with no properties but these. Gives a function to read each of them. */
export function object(place: Place, names: readonly string[]): <Value>(name: string, read: Read<Value>) => Value {
  const { value, pointer, problems } = place;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) problem(place, "must be an object");
  const properties = isObject ? (value as Readonly<Record<string, unknown>>) : {};
  for (const name of Object.keys(properties)) {
    if (!names.includes(name)) problem(place, unknownProperty(name, names), `${pointer}/${escapePointer(name)}`);
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

/** A name is told only if it is nearly one of ours: in a file put together wrongly it may be anything. */
function unknownProperty(name: string, names: readonly string[]): string {
  const meant = nearestName(name, names);
  if (meant === undefined) return `has a property that is none of ${names.join(", ")}`;
  return `has '${name}', which is not a property here; did you mean '${meant}'?`;
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
