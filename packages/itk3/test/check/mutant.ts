// A message changed in one place: by its change, where that is, and what kind of change it is.
import { placeOf, type Path } from "./place.ts";

export const kinds = ["cardinality", "target type", "fixed value", "invariant", "profile"] as const;

export interface Mutant {
  kind: (typeof kinds)[number];
  /** What was done: `without status`, `per-1`. */
  how: string;
  /** The element that was changed. */
  path: Path;
  value: object;
}

/** What a survivor goes by: `without Observation.status`. */
export function nameOf({ how, path, value }: Mutant): string {
  return `${how}: ${placeOf(value, path)}`;
}

/** The same with `change` in the place of what stands at `path`; what does not lie on the path is shared and never written to. */
export function changedAt(original: object, path: Path, change: (held: unknown) => unknown): object {
  const [key, ...rest] = path;
  if (key === undefined) return change(original) as object;
  const copy = (Array.isArray(original) ? [...(original as unknown[])] : { ...original }) as Record<
    string | number,
    unknown
  >;
  const made = rest.length === 0 ? change(copy[key]) : changedAt(copy[key] as object, rest, change);
  if (made === undefined) delete copy[key];
  else copy[key] = made;
  return copy;
}
