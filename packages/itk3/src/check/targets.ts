// References that lead to a resource of a type that STU3 does not let them lead to. By type, no profile of ITK3 or
// CareConnect that a message is held against allows less.
import type { References } from "../message/references.ts";
import { resourceDefinition } from "../stu3/element-table.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";
import type { ContainedIn } from "./contained.ts";
import type { Elements, HeldReference } from "./walk.ts";

/**
 * Where several resources share an id, one of a right type is enough. What leads nowhere is another rule's.
 * `orOrganization`: references that may lead to an Organization too.
 */
export function mistargetedIn(
  { scopes }: Elements,
  { referencesIn, containedIn }: { referencesIn: (bundle: Bundle) => References; containedIn: ContainedIn },
  orOrganization: ReadonlySet<Reference>,
): ReadonlySet<Reference> {
  const wrong = new Set<Reference>();
  const typesLedTo = ({ reference, holder }: HeldReference, references: References): readonly string[] => {
    const name = reference.reference ?? "";
    // `#` alone is the resource that contains.
    if (name === "#") return holder === undefined ? [] : [holder.resourceType];
    if (name.startsWith("#")) return holder === undefined ? [] : typesOf(containedIn(holder).named(name.slice(1)));
    const found = references.candidates(reference);
    return found.length > 0 ? typesOf(found) : typeNamedIn(name);
  };
  for (const { bundle, references } of scopes) {
    const among = referencesIn(bundle);
    for (const held of references) {
      const { reference, targets } = held;
      if (targets === undefined) continue;
      const types = typesLedTo(held, among);
      // What STU3 does not know has its finding already.
      const may = (type: string): boolean =>
        targets.has(type) || type === "unknown" || (type === "Organization" && orOrganization.has(reference));
      if (types.length > 0 && !types.some(may)) wrong.add(reference);
    }
  }
  return wrong;
}

function typesOf(resources: readonly Resource[]): readonly string[] {
  return resources.map(({ resourceType }) => resourceType);
}

// A RESTful URL that leads out of the message says of what type is what it leads to (FHIR STU3, Reference.reference).
function typeNamedIn(url: string): readonly string[] {
  if (!/^https?:/.test(url)) return [];
  const [, type = ""] =
    /\/([A-Z][A-Za-z]{1,40})\/[A-Za-z0-9.-]{1,64}(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(url) ?? [];
  return resourceDefinition(type) === undefined ? [] : [type];
}
