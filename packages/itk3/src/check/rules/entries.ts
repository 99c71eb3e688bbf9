// What stands in the document without being a part of it.
import { resourceDefinition } from "../../stu3/element-table.ts";
import type { Bundle, Resource } from "../../stu3/types.ts";
import { none } from "../look.ts";
import { entryRuleId } from "../one-cause.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "structure" });

export const entryRules: readonly Rule[] = [
  rule(
    entryRuleId,
    "Every entry of the document should be led to from its Composition, by way of other entries or not.",
    "An entry of the document is not led to from its Composition.",
    leftAside,
    { severity: "warning", unled: true },
  ),
];

// A reader follows the Composition: what it does not lead to is carried and not seen. Of those that lead to one another,
// the first is told.
function leftAside({ message: { document, composition }, elements, references }: CheckContext): readonly Breach[] {
  if (document === undefined || composition === undefined) return none;
  const resources = known(document);
  if (resources === undefined) return none;
  const held = elements.scopes.find(({ bundle }) => bundle === document)?.references ?? [];
  const onward = Map.groupBy(held, ({ holder }) => holder);
  const from = (resource: Resource): readonly Resource[] =>
    (onward.get(resource) ?? []).flatMap(({ reference }) => references.candidates(reference));
  // An attachment is led to by its address, which is no reference.
  const attached = elements
    .ofType("Attachment")
    .flatMap(({ url }) => (url === undefined ? [] : references.candidates({ reference: url })));
  const reached = new Set<Resource>();
  const follow = (starts: readonly Resource[]): void => {
    const waiting = starts.filter((resource) => !reached.has(resource));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      waiting.push(...from(next));
    }
  };
  follow([composition, ...attached]);
  const aside = resources.filter((resource) => !reached.has(resource));
  const ledTo = new Set(aside.flatMap((resource) => from(resource).filter((target) => target !== resource)));
  return [...aside.filter((resource) => !ledTo.has(resource)), ...aside].flatMap((resource) => {
    if (reached.has(resource)) return none;
    follow([resource]);
    return [{ element: resource }];
  });
}

/** Undefined where one is not known: where it leads cannot be seen. */
function known(document: Bundle): readonly Resource[] | undefined {
  const resources = (document.entry ?? []).map(({ resource }) => resource);
  return resources.every(
    (resource) => resource !== undefined && resourceDefinition(resource.resourceType) !== undefined,
  )
    ? (resources as readonly Resource[])
    : undefined;
}
