// What a resource contains must be there for a reason.
import { nameKey } from "../../../message/id-key.ts";
import type { Resource } from "../../../stu3/types.ts";
import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { referringAstray } from "../references.ts";
import { invariantWhere } from "./invariant.ts";

export const containedInvariants: readonly Rule[] = [
  invariantWhere(
    "dom-3",
    "A contained resource must be referred to from the resource that contains it",
    "A contained resource is not referred to from the resource that contains it.",
    (context) => {
      const named = namesUsed(context);
      // What seems not to be referred to may be what a wrong name meant, which is told (ref-1).
      const astray = referringAstray(context);
      const resources = context.elements.ofType("DomainResource");
      const within = new Set<object>(resources.flatMap(({ contained }) => contained ?? []));
      // One that is contained itself must contain nothing: dom-2.
      return resources
        .filter((resource) => !within.has(resource) && !astray.has(resource))
        .flatMap((resource) =>
          (resource.contained ?? []).flatMap((held) =>
            unless(held.id !== undefined && (named.get(resource)?.has(nameKey(held.id)) ?? false), held),
          ),
        );
    },
  ),
];

/** The ids behind `#` that the references of each resource of an entry hold, those of what it contains with them. */
function namesUsed({ elements }: CheckContext): ReadonlyMap<object, ReadonlySet<string>> {
  const used = new Map<Resource, Set<string>>();
  for (const { references } of elements.scopes) {
    for (const { reference, holder } of references) {
      if (holder === undefined || reference.reference?.startsWith("#") !== true) continue;
      const names = used.get(holder) ?? new Set<string>();
      names.add(nameKey(reference.reference.slice(1)));
      used.set(holder, names);
    }
  }
  return used;
}
