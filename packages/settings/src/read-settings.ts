import type { TextPlace } from "@restante/mesh";
import { findProblems } from "./check.ts";
import type { Finding } from "./finding.ts";
import { placeWords, type Problem, SettingsError } from "./problem.ts";
import { readText } from "./read-text.ts";
import type { Schema } from "./schema.ts";

/** A file of settings, read by whoever may read files. */
export interface SettingsText {
  /** As the person named it, so that problems name it likewise. */
  readonly name: string;
  readonly text: string;
}

/** What a file of settings says, and where it says it. */
export interface Settings<Value> {
  readonly value: Value;
  /** Where the value at a JSON Pointer stands, for what is found wrong with it later: a file that it names and that is not there. */
  readonly placeOf: (pointer: string) => TextPlace;
}

/**
 * Reads a file of settings.
 *
 * @throws {SettingsError} `settings-invalid`, with every problem, each by file, JSON Pointer, line and column
 * @example
 * const { value } = readSettings({ name: "server.yaml", text }, serverSchema);
 */
export function readSettings<Value>(file: SettingsText, schema: Schema<Value>): Settings<Value> {
  const reading = lookThrough(file, schema);
  if (reading.problems.length > 0) throw new SettingsError("The settings", reading.problems);
  return reading as Settings<Value>;
}

/** As readSettings, for who has more than one file: the problems are told and not thrown. The value is right if there are none. */
export function lookThrough<Value>(
  { name: file, text }: SettingsText,
  schema: Schema<Value>,
): Partial<Settings<Value>> & { readonly problems: readonly Problem[] } {
  const read = readText(file, text);
  if ("words" in read) return { problems: [{ file, pointer: "", ...read }] };
  const { placeOf, findings, oddNumbers } = read;
  const value = withoutSchema(read.value);
  const found = [...findings, ...findProblems(schema, value)];
  const told = new Set(found.map(({ pointer }) => pointer));
  const odd = oddNumbers
    .filter((pointer) => !told.has(pointer))
    .map((pointer): Finding => ({
      pointer,
      words: "is a number that is not read alike everywhere: write its digits alone",
    }));
  const problems = [...found, ...odd].map((finding) => problemAt(file, placeOf, finding));
  return { value: value as Value, placeOf, problems: inOrder(problems) };
}

/**
 * Checks a value that came from no file, such as the options of a library.
 *
 * @param name what the value is called in the problems
 * @throws {SettingsError} `settings-invalid`, with every problem, each by its JSON Pointer
 */
export function checkSettings<Value>(name: string, value: unknown, schema: Schema<Value>): Value {
  const problems = findProblems(schema, value).map((finding) => problemAt(name, undefined, finding));
  if (problems.length > 0) throw new SettingsError("The settings", problems);
  return value as Value;
}

/** What is found wrong after a file was read, at its place. */
export function problemAt(
  file: string,
  placeOf: ((pointer: string) => TextPlace) | undefined,
  { pointer, words, at = pointer, other }: Finding,
): Problem {
  const second = other === undefined ? "" : ` ${placeWords({ file, pointer: other, ...place(other) })}`;
  return { file, pointer, words: `${words}${second}`, ...place(at) };

  function place(of: string): { place?: TextPlace } {
    return placeOf === undefined || of === "" ? {} : { place: placeOf(of) };
  }
}

/** `$schema` is for editors. */
function withoutSchema(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "$schema"));
}

/** From the top of the file to its end; what has no place comes first. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(({ place: a }, { place: b }) => {
    if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
    return a.line - b.line || a.column - b.column;
  });
}
