// One cause, one finding: where a reference leads to nothing or to a resource of a wrong type, a requirement that it lead
// elsewhere says so in place of FHIR, and FHIR in place of a wish that it did.
import type { Breach, Rule } from "./rule.ts";

export const targetRuleId = "FHIR:target";
export const referenceRuleId = "FHIR:reference";
const emptySectionRuleId = "FHIR:cmp-1";
export const entryRuleId = "FHIR:entry";
export const containedRuleId = "FHIR:ref-1";

/** The rules of FHIR itself about where references lead. */
const ofReferences: ReadonlySet<string | undefined> = new Set([targetRuleId, referenceRuleId, containedRuleId]);

export interface Broken {
  rule: Rule;
  id: string;
  breaches: readonly Breach[];
}

/**
 * What is broken, each reference that leads astray told of once; nor is it told that nothing leads to what those of `ways`
 * and sections without any may have been meant to, unless it is more than they are.
 */
export function oncePerReference<One extends Broken>(
  broken: readonly One[],
  ways: () => ReadonlySet<object>,
): readonly One[] {
  const astray = new Set(
    broken.flatMap(({ rule, breaches }) =>
      ofReferences.has(rule.numbers.own) ? breaches.map(({ element }) => element) : [],
    ),
  );
  const emptied = broken.find(({ id }) => id === emptySectionRuleId)?.breaches.length ?? 0;
  if (astray.size + emptied === 0) return broken;
  const told = new Set<object>();
  const lost = emptied + Array.from(ways()).filter((way) => astray.has(way)).length;
  return (
    broken
      // An entry may be led to from any other.
      .filter(
        ({ rule, id, breaches }) =>
          rule.unled !== true || breaches.length > (id === entryRuleId ? emptied + astray.size : lost),
      )
      .map((one) => (one.rule.leads === true ? withBreaches(one, isTold(one.rule, astray, told)) : one))
      .map((one) =>
        ofReferences.has(one.rule.numbers.own) ? withBreaches(one, ({ element }) => !told.has(element)) : one,
      )
      .filter(({ breaches }) => breaches.length > 0)
  );
}

/** What is broken, each resource that nothing leads to told of once: in the words of a requirement, where it has any. */
export function oncePerUnled<One extends Broken>(broken: readonly One[]): readonly One[] {
  const unled = broken.filter(({ rule }) => rule.unled === true);
  const told = new Set(
    unled.flatMap(({ id, breaches }) => (id === entryRuleId ? [] : breaches)).map(({ element }) => element),
  );
  return broken
    .map((one) => (one.id === entryRuleId ? withBreaches(one, ({ element }) => !told.has(element)) : one))
    .filter(({ breaches }) => breaches.length > 0);
}

function withBreaches<One extends Broken>(one: One, keeps: (breach: Breach) => boolean): One {
  return Object.assign({}, one, { breaches: one.breaches.filter(keeps) });
}

/** Whether a breach of the rule is told; `told` gains the references that it tells of. */
function isTold({ severity }: Rule, astray: ReadonlySet<object>, told: Set<object>): (breach: Breach) => boolean {
  return (breach) => {
    const wrong = valuesAt(breach).filter((value) => astray.has(value));
    if (severity === "error") for (const reference of wrong) told.add(reference);
    return wrong.length === 0 || severity === "error";
  };
}

/** What stands where a breach says, every item of its lists, and what each of those holds. */
function valuesAt({ element, path }: Breach): readonly object[] {
  const parts = path?.split(".") ?? [];
  const within = parts.reduce(
    (values: readonly object[], part) => values.flatMap((value) => heldAt(value, part)),
    [element],
  );
  return within.concat(within.flatMap((value) => Object.keys(value).flatMap((name) => heldBy(value, name))));
}

/** By the part of a path: `extension(associatedEncounter)`; `value`, which is a choice. */
function heldAt(value: object, part: string): readonly object[] {
  const name = part.replace(/\(.*\)$/, "");
  return Object.keys(value).flatMap((key) =>
    key === name || (key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length))) ? heldBy(value, key) : [],
  );
}

function heldBy(value: object, name: string): readonly object[] {
  const held = (value as Readonly<Record<string, unknown>>)[name];
  return [held].flat().filter((item): item is object => typeof item === "object" && item !== null);
}
