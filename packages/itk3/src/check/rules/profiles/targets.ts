// What the CareConnect profiles let references of the document lead to. A reference to nothing is another rule's finding.
import { referencesOf } from "../../../message/references.ts";
import type { Reference, Resource } from "../../../stu3/types.ts";
import { none, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { anyOf } from "../clinical/paths.ts";
import { payload, rule } from "./profile.ts";

type ResourceType = Resource["resourceType"];

const targets: readonly (readonly [type: ResourceType, path: string, allowed: readonly ResourceType[]])[] = [
  ["Patient", "generalPractitioner", ["Organization", "Practitioner"]],
  ["Patient", "managingOrganization", ["Organization"]],
  ["Patient", "contact.organization", ["Organization"]],
  ["Patient", "link.other", ["Patient", "RelatedPerson"]],
  ["Practitioner", "qualification.issuer", ["Organization"]],
  ["Organization", "partOf", ["Organization"]],
  ["Composition", "encounter", ["Encounter"]],
  ["Composition", "attester.party", ["Patient", "Practitioner", "Organization"]],
  ["Composition", "relatesTo.targetReference", ["Composition"]],
];

export const targetRules: readonly Rule[] = [
  ...targets.map(([type, path, allowed]) =>
    rule(
      `CareConnect-${type}-1:${path}`,
      `${type}.${path} must lead to a resource of type ${anyOf(allowed)}.`,
      `${type}.${path} leads to a resource of another type than ${anyOf(allowed)}.`,
      ({ inner, references }) =>
        inner
          .ofType(type)
          .flatMap((resource) => valuesAt(resource, path.split(".")))
          .flatMap((reference) => unless(mayBe(references.candidates(reference), allowed), reference)),
      payload,
    ),
  ),
  rule(
    "FHIR:identifier.assigner",
    "The assigner of an identifier must be an Organization.",
    "The assigner of an identifier is a resource of another type than Organization.",
    ({ elements }) => {
      const assigners = new Set<object>(elements.ofType("Identifier").flatMap(({ assigner }) => assigner ?? []));
      if (assigners.size === 0) return none;
      return elements.scopes.flatMap(({ bundle, references }) => {
        const within = referencesOf(bundle);
        return references
          .filter(({ reference }) => assigners.has(reference))
          .flatMap(({ reference }) => unless(mayBe(within.candidates(reference), ["Organization"]), reference));
      });
    },
    payload,
  ),
];

function mayBe(candidates: readonly Resource[], allowed: readonly ResourceType[]): boolean {
  return candidates.length === 0 || candidates.some(({ resourceType }) => allowed.includes(resourceType));
}

function valuesAt(element: object, [name = "", ...rest]: readonly string[]): Reference[] {
  const held = (element as Readonly<Record<string, unknown>>)[name];
  const values = (Array.isArray(held) ? held : [held]).filter(
    (value): value is object => typeof value === "object" && value !== null,
  );
  return rest.length === 0 ? values : values.flatMap((value) => valuesAt(value, rest));
}
