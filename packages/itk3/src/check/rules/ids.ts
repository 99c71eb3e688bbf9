// Ids within a resource, by which other parts of it name an element or what it contains.
import type { Resource } from "../../stu3/types.ts";
import { unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "value" });

export const idRules: readonly Rule[] = [
  rule(
    "FHIR:Element.id",
    "The id of an element must be the only one of its name in its resource, and hold no white space (FHIR, Element.id).",
    "An element has the id of another of its resource, or one with white space in it.",
    ({ elements }) => {
      const seen = new Map<Resource, Set<string>>();
      return elements.ids.flatMap(({ element, id, resource }) => {
        const others = seen.get(resource) ?? new Set();
        seen.set(resource, others);
        const holds = !others.has(id) && !/\s/.test(id);
        others.add(id);
        return unless(holds, element, "id");
      });
    },
  ),
  rule(
    "FHIR:contained.id",
    "What a resource contains must have an id that nothing else contained in it has (FHIR, contained resources).",
    "A contained resource has the id of another of the same resource.",
    sharedByContained,
    { issueCode: "structure" },
  ),
];

function sharedByContained({ elements }: CheckContext): readonly Breach[] {
  return elements.ofType("DomainResource").flatMap(({ contained = [] }) => {
    const seen = new Set<string>();
    return contained.flatMap((held) => {
      if (held.id === undefined) return [];
      const holds = !seen.has(held.id);
      seen.add(held.id);
      return unless(holds, held, "id");
    });
  });
}
