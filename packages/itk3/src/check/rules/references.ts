// Where references lead. Within a bundle a reference is a urn, `Type/id` or, to something contained, `#id`. What lies
// outside the message is not ours.
import type { Bundle, Resource } from "../../stu3/types.ts";
import { none, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";
import type { HeldReference } from "../walk.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "structure" });

export const referenceRules: readonly Rule[] = [
  rule(
    "FHIR:reference",
    "A reference must lead to a resource of the bundle that it stands in, or out of the message.",
    "A reference leads to nothing in its bundle.",
    danglingReferences,
  ),
  rule(
    "FHIR:ref-1",
    "A reference that begins with # must lead to a resource contained in the one that it stands in (FHIR ref-1).",
    "A reference leads to a contained resource that is not there.",
    brokenLocalReferences,
  ),
];

function isLocal({ reference }: HeldReference): boolean {
  return reference.reference?.startsWith("#") === true;
}

function brokenLocalReferences({ elements }: CheckContext): Breach[] {
  const names = new Map<Resource, ReadonlySet<string>>();
  const namesWithin = (holder: Resource): ReadonlySet<string> => {
    const held =
      names.get(holder) ?? new Set(containedIn(holder).flatMap(({ id }) => (id === undefined ? [] : [`#${id}`])));
    names.set(holder, held);
    return held;
  };
  return elements.scopes.flatMap(({ references }) =>
    references.filter(isLocal).flatMap(({ reference, holder }) => {
      const name = reference.reference ?? "";
      // `#` alone is the resource that contains.
      const holds = holder !== undefined && (name === "#" || namesWithin(holder).has(name));
      return unless(holds, reference, "reference");
    }),
  );
}

function containedIn(resource: Resource): readonly Resource[] {
  return "contained" in resource ? (resource.contained ?? []) : [];
}

function danglingReferences({ elements }: CheckContext): Breach[] {
  return elements.scopes.flatMap(({ bundle, references }) => {
    const known = namesIn(bundle);
    return references.flatMap((held) => {
      const { reference } = held.reference;
      if (reference === undefined || isLocal(held) || /^https?:/.test(reference)) return none;
      return unless(known.has(reference), held.reference, "reference");
    });
  });
}

function namesIn(bundle: Bundle): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (fullUrl !== undefined) known.add(fullUrl);
    if (resource?.id === undefined) continue;
    known.add(`urn:uuid:${resource.id}`);
    known.add(`${resource.resourceType}/${resource.id}`);
  }
  return known;
}
