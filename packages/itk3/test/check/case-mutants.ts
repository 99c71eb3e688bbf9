// The cases of invariants and profiles as mutants: what they put into a message, no document of ours has.
import { type Bundle, messageOf } from "@restante/itk3";
import type { Case } from "./addition.ts";
import { brokenInvariants } from "./invariant-cases.ts";
import type { Mutant } from "./mutant.ts";
import type { Path } from "./place.ts";
import { brokenProfiles } from "./profile-cases.ts";

export function* caseMutants(bundle: object): Generator<Mutant> {
  yield* mutantsBy(brokenInvariants, "invariant", bundle);
  yield* mutantsBy(brokenProfiles, "profile", bundle);
}

function* mutantsBy(cases: readonly Case[], kind: Mutant["kind"], bundle: object): Generator<Mutant> {
  for (const [id, what, change] of cases) {
    const value = structuredClone(bundle);
    const message = messageOf(value as Bundle);
    if (message === undefined) continue;
    change(message);
    const path = differenceOf(bundle, value);
    if (path !== undefined) yield { kind, how: `${id}, ${what}`, path, value };
  }
}

/** The innermost element that holds all that differs; undefined where nothing does. */
function differenceOf(before: unknown, after: unknown): Path | undefined {
  if (before === after) return undefined;
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const found = names.flatMap((name) => {
    const within = differenceOf((before as Value)[name], (after as Value)[name]);
    return within === undefined ? [] : [[Array.isArray(after) ? Number(name) : name, ...within]];
  });
  return found.length > 1 ? [] : found[0];
}

type Value = Readonly<Record<string, unknown>>;
