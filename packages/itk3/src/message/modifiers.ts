// What may change the meaning of an element, or turn it into its opposite: FHIR lets it stand, and asks whoever reads the
// element to know it (STU3: "Modifier Extensions", Resource.implicitRules). No such extension and no such rules are
// published for CareConnect or Send Document that we know of, so every one is unknown.
import type { Issue } from "../issue.ts";
import { isModifierName, type ModifierName } from "../read/modifier-names.ts";
import type { Bundle, Resource } from "../stu3/types.ts";

export interface Modifier {
  kind: ModifierName;
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

/**
 * Every modifier of a bundle: of resources, of parts of them, and of what they contain. With the `issues` of its reading also
 * those that reading left out, because STU3 has none there or they are none: their sender meant something by them.
 */
export function modifiersOf(bundle: Bundle, issues: readonly Issue[] = []): Modifiers {
  const lost = lostIn(bundle, issues);
  const found: Modifier[] = [];
  const touched = new Set<object>();
  const open: Place[] = [{ element: bundle, resource: bundle, way: undefined, within: false }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { element, resource, way } = place;
    const kinds = [...kindsOf(element, element === resource), ...(lost.get(element) ?? [])];
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

/** By the element that each was a part of; where that was left out too, by what holds it. */
function lostIn(bundle: Bundle, issues: readonly Issue[]): Map<object, Set<ModifierName>> {
  const lost = new Map<object, Set<ModifierName>>();
  for (const { code, location } of issues) {
    if (code !== "unknown-element" && code !== "bad-value") continue;
    const way = location.split(".").slice(1);
    const name = way.pop()?.replace(/\[\d+\]$/, "") ?? "";
    if (!isModifierName(name)) continue;
    const element = elementAt(bundle, way);
    // It has one that is kept: whatever else is said of it.
    if (kindsOf(element, "resourceType" in element).includes(name)) continue;
    lost.set(element, (lost.get(element) ?? new Set()).add(name));
  }
  return lost;
}

/** What stands at the end of `["entry[2]", "resource"]`, or the last on the way to it that is there. */
function elementAt(bundle: Bundle, way: readonly string[]): object {
  let at: object = bundle;
  for (const step of way) {
    const [, name = "", index] = /^(\w+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const held = at as Readonly<Record<string, unknown>>;
    // Of a plain value what stands beside it.
    const next = [held[name], held[`_${name}`]]
      .map((value) => (Array.isArray(value) ? (value as unknown[])[Number(index ?? 0)] : value))
      .find((value): value is object => typeof value === "object" && value !== null);
    if (next === undefined) break;
    at = next;
  }
  return at;
}
