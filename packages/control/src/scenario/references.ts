import { escapePointer } from "@restante/mesh";

// `${name}` and `${name.part.part}` in the texts of a step. There are no expressions: a reference is a value that stands
// somewhere else. A text that is nothing but one reference has the value itself, a number as a number.

const anyReference = /\$\{(?<path>[^{}]*)\}/g;
const oneReference = /^\$\{(?<path>[^{}]*)\}$/;
/** Parts may have hyphens: `${sent.headers.mex-to}`. */
const writtenPath = /^[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9_-]+)*$/;

/** What stands at a path; undefined where it is not known (yet). */
export type LookUp = (path: readonly string[]) => unknown;

/** A value with what its references stand for in their places; references that are not known are left as they are. */
export function substitute(value: unknown, lookUp: LookUp): unknown {
  if (typeof value === "string") return substituteText(value, lookUp);
  if (Array.isArray(value)) return value.map((item: unknown) => substitute(item, lookUp));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, substitute(part, lookUp)]));
}

function substituteText(text: string, lookUp: LookUp): unknown {
  const whole = oneReference.exec(text)?.groups?.["path"];
  if (whole !== undefined) return lookUp(whole.split(".")) ?? text;
  return text.replaceAll(anyReference, (written, path: string) => {
    const found = lookUp(path.split("."));
    return typeof found === "string" || typeof found === "number" ? String(found) : written;
  });
}

export function holdsReference(value: unknown): boolean {
  return typeof value === "string" && value.includes("${");
}

/** Every text with a reference in it, by its JSON Pointer. */
export function* referringTexts(value: unknown, pointer: string): Generator<{ pointer: string; text: string }> {
  if (typeof value === "string") {
    if (holdsReference(value)) yield { pointer, text: value };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* referringTexts(item, `${pointer}/${index}`);
  } else if (isRecord(value)) {
    for (const [name, part] of Object.entries(value)) yield* referringTexts(part, `${pointer}/${escapePointer(name)}`);
  }
}

/** The names that a text refers to; undefined where a `${` begins no reference. */
export function namesIn(text: string): readonly string[] | undefined {
  const paths = Array.from(text.matchAll(anyReference), ({ groups }) => groups?.["path"] ?? "");
  const hasOther = text.replaceAll(anyReference, "").includes("${");
  if (hasOther || !paths.every((path) => writtenPath.test(path))) return undefined;
  return paths.map((path) => path.split(".")[0] ?? "");
}

/** What stands at the path in a value that was kept. */
export function partOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    return (at as Readonly<Record<string, unknown>>)[name];
  }, value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
