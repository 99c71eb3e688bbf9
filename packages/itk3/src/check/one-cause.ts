// One cause, one finding: where a reference leads to a resource of a wrong type, a requirement that it lead elsewhere says so
// in place of FHIR, and FHIR in place of a wish that it did.
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
