import type { Path } from "./place.ts";

export interface Mutant<T> {
  how: "without" | "twice" | "another";
  /** Where. */
  path: Path;
  value: T;
}

/** One change at a time: each element removed, each item of a list doubled, each value made another. */
export function* mutantsOf<T extends object>(original: T): Generator<Mutant<T>> {
  for (const path of pathsOf(original, [])) {
    const held = read(original, path);
    yield { how: "without", path, value: changed(original, path, "remove") };
    if (typeof path.at(-1) === "number") {
      yield { how: "twice", path, value: changed(original, path, "double") };
    }
    if (typeof held !== "object") {
      yield { how: "another", path, value: changed(original, path, "corrupt") };
    }
  }
}

function* pathsOf(value: object, path: Path): Generator<Path> {
  for (const [key, held] of Object.entries(value) as [string, unknown][]) {
    const next = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "resourceType") continue;
    yield next;
    if (typeof held === "object" && held !== null) yield* pathsOf(held, next);
  }
}

function read(value: object, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value);
}

type Changed = (held: unknown) => readonly unknown[];

const changes: Readonly<Record<"remove" | "double" | "corrupt", Changed>> = {
  remove: () => [],
  double: (held) => [held, held],
  corrupt: (held) => [corrupted(held)],
};

// Copies what lies on the path and shares the rest: the rest is never written to.
function changed<T extends object>(original: T, path: Path, how: keyof typeof changes): T {
  return (replaced(original, path, changes[how])[0] ?? {}) as T;
}

// STU3 has no empty elements and no empty lists: what loses its last part is gone too.
function replaced(value: unknown, [key, ...rest]: Path, change: Changed): readonly unknown[] {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    const list = value.flatMap((item: unknown, index) => (index === key ? replaced(item, rest, change) : [item]));
    return list.length === 0 ? [] : [list];
  }
  const copy = { ...(value as Record<string, unknown>) };
  const [held] = replaced(copy[key], rest, change);
  if (held === undefined) delete copy[key];
  else copy[key] = held;
  return Object.keys(copy).length === 0 ? [] : [copy];
}

function corrupted(held: unknown): unknown {
  if (typeof held === "boolean") return !held;
  if (typeof held === "number") return held + 1;
  const text = String(held);
  return text.startsWith("<div")
    ? text.replace(/>[^<]+</, ">Something else<")
    : `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`;
}
