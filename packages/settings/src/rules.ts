import { escapePointer } from "@restante/mesh";
import type { Finding } from "./finding.ts";

/**
 * What must hold between the parts of a value. It is asked even where the value is not what the schema wants, so that all
 * problems are told at once: it looks at what is there by patterns, and takes nothing for granted.
 */
export type Rule = (find: Find) => Finding[];

/** The values at a pattern: a JSON Pointer in which an asterisk in the place of a number stands for every item of a list. */
export type Find = (pattern: string) => Found[];

export interface Found {
  readonly pointer: string;
  readonly value: unknown;
}

export function findIn(value: unknown): Find {
  return (pattern) =>
    pattern
      .split("/")
      .slice(1)
      .reduce<Found[]>((found, name) => found.flatMap((each) => stepInto(each, name)), [{ pointer: "", value }]);
}

function stepInto({ pointer, value }: Found, name: string): Found[] {
  if (Array.isArray(value)) {
    if (name !== "*") return [];
    return value.map((item: unknown, index) => ({ pointer: `${pointer}/${index}`, value: item }));
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
  return [{ pointer: `${pointer}/${escapePointer(name)}`, value: (value as Record<string, unknown>)[name] }];
}

/** No id is there twice, under any of these patterns. `same` gives the form in which they are compared; ids that have none are told elsewhere. */
export function distinct(patterns: readonly string[], same: (id: string) => string | undefined): Rule {
  return (find) => {
    const first = new Map<string, string>();
    return textsAt(find, patterns).flatMap(({ pointer, value }) => {
      const id = same(value);
      if (id === undefined) return [];
      const before = first.get(id);
      if (before === undefined) first.set(id, pointer);
      return before === undefined ? [] : [{ pointer, words: "is the same as", other: before }];
    });
  };
}

/** The texts at these patterns. */
export function textsAt(find: Find, patterns: readonly string[]): { pointer: string; value: string }[] {
  return patterns
    .flatMap((pattern) => find(pattern))
    .filter((found): found is { pointer: string; value: string } => typeof found.value === "string");
}
