// One cause, one finding: where a reference leads to a resource of a wrong type, a requirement that it lead elsewhere says so
// in place of FHIR, and FHIR in place of a wish that it did. What must be so of an
// element is told in place of an invariant of FHIR that is about it.
import type { Breach, Rule } from "./rule.ts";

export const targetRuleId = "FHIR:target";

export interface Broken {
  rule: Rule;
  id: string;
  breaches: readonly Breach[];
}

/** What is broken, each reference of `mistargeted` told of once. */
export function oncePerReference<One extends Broken>(
  broken: readonly One[],
  mistargeted: ReadonlySet<object>,
): readonly One[] {
  if (mistargeted.size === 0) return broken;
  const told = new Set<object>();
  const others = broken.map((one) =>
    one.rule.leads === true ? withBreaches(one, isTold(one.rule, mistargeted, told)) : one,
  );
  return others
    .map((one) =>
      one.rule.numbers.own === targetRuleId ? withBreaches(one, ({ element }) => !told.has(element)) : one,
    )
    .filter(({ breaches }) => breaches.length > 0);
}

/** What is broken, but an invariant where what is asked of an element that it is about must be met, and is not. */
export function oncePerElement<One extends Broken>(broken: readonly One[]): readonly One[] {
  if (broken.every(({ rule }) => rule.about === undefined)) return broken;
  const asked = placesOf(broken.filter(({ rule }) => rule.about === undefined && rule.severity === "error"));
  return broken
    .map((one) => {
      const { about } = one.rule;
      if (about === undefined) return one;
      return withBreaches(one, ({ element }) => !about.some((name) => asked.get(element)?.has(name) === true));
    })
    .filter(({ breaches }) => breaches.length > 0);
}

/** By element, the names of those in it that are told of. */
function placesOf(broken: readonly Broken[]): ReadonlyMap<object, ReadonlySet<string>> {
  const places = new Map<object, Set<string>>();
  for (const { element, path } of broken.flatMap(({ breaches }) => breaches)) {
    if (path === undefined) continue;
    const names = places.get(element) ?? new Set();
    places.set(element, names.add(path));
  }
  return places;
}

function withBreaches<One extends Broken>(one: One, keeps: (breach: Breach) => boolean): One {
  return Object.assign({}, one, { breaches: one.breaches.filter(keeps) });
}

/** Whether a breach of the rule is told; `told` gains the references that it tells of. */
function isTold({ severity }: Rule, mistargeted: ReadonlySet<object>, told: Set<object>): (breach: Breach) => boolean {
  return (breach) => {
    const wrong = valuesAt(breach).filter((value) => mistargeted.has(value));
    if (severity === "error") for (const reference of wrong) told.add(reference);
    return wrong.length === 0 || severity === "error";
  };
}

/** What stands where a breach says, every item of its lists, and what each of those holds. */
function valuesAt({ element, path = "" }: Breach): readonly object[] {
  const within = path
    .split(".")
    .reduce((values: readonly object[], name) => values.flatMap((value) => heldBy(value, name)), [element]);
  return within.concat(within.flatMap((value) => Object.keys(value).flatMap((name) => heldBy(value, name))));
}

function heldBy(value: object, name: string): readonly object[] {
  const held = (value as Readonly<Record<string, unknown>>)[name];
  return [held].flat().filter((item): item is object => typeof item === "object" && item !== null);
}
