// What may change the meaning of an element, or turn it into its opposite: FHIR lets it stand, and asks whoever reads the
// element to know it (STU3: "Modifier Extensions", Resource.implicitRules). No such extension and no such rules are
// published for CareConnect or Send Document that we know of, so every one is unknown.
import type { Bundle, Resource } from "../stu3/types.ts";

export interface Modifier {
  kind: "implicitRules" | "modifierExtension";
  /** What carries it: a resource, or a part of one. */
  element: object;
  /** The resource that is that element, or that it is a part of. */
  resource: Resource;
  /** The way from the resource to the element, by name: `["reaction"]`. */
  path: readonly string[];
}

export interface Modifiers {
  found: readonly Modifier[];
  /** Whether what an element seems to say may be changed: it carries a modifier, or is within an element that does. */
  touch: (element: object) => boolean;
}

/** Every modifier of a bundle: of resources, of parts of them, and of what they contain. */
export function modifiersOf(bundle: Bundle): Modifiers {
  const found: Modifier[] = [];
  const touched = new Set<object>();
  const open: Place[] = [{ element: bundle, resource: bundle, way: undefined, within: false }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { element, resource, way } = place;
    const kinds = kindsOf(element, element === resource);
    for (const kind of kinds) found.push({ kind, element, resource, path: namesOf(way) });
    const within = place.within || kinds.length > 0;
    if (within) touched.add(element);
    const held = Object.entries(element).flatMap(([name, value]) => partsOf(value).map((part) => ({ name, part })));
    for (const { name, part } of held.toReversed()) {
      const inside = isResource(part) ? { resource: part, way: undefined } : { resource, way: { name, before: way } };
      open.push({ element: part, within, ...inside });
    }
  }
  return { found, touch: (element) => touched.has(element) };
}

interface Place {
  element: object;
  resource: Resource;
  way: Way | undefined;
  within: boolean;
}

interface Way {
  name: string;
  before: Way | undefined;
}

function kindsOf(element: object, isWhole: boolean): Modifier["kind"][] {
  const { implicitRules, _implicitRules, modifierExtension } = element as Readonly<Record<string, unknown>>;
  return [
    ...(isWhole && (implicitRules ?? _implicitRules) !== undefined ? (["implicitRules"] as const) : []),
    ...(modifierExtension === undefined ? [] : (["modifierExtension"] as const)),
  ];
}

function partsOf(value: unknown): object[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item): item is object => typeof item === "object" && item !== null);
}

function isResource(part: object): part is Resource {
  return "resourceType" in part;
}

function namesOf(way: Way | undefined): string[] {
  const names: string[] = [];
  for (let step = way; step !== undefined; step = step.before) names.push(step.name);
  return names.toReversed();
}
