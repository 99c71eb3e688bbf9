// One walk through a message, by the element table: only the table tells a ContactPoint from a Quantity, or finds a
// Period wherever one may stand. Every rule of a check that looks for elements of a type shares it.
import { extensions } from "../names.ts";
import { type ElementDefinition, lineOf, type TypeDefinition, typeDefinition } from "../stu3/element-table.ts";
import type * as stu3 from "../stu3/types.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";

/** What rules look for by type. */
export type ElementTypes = { [R in Resource as R["resourceType"]]: R } & {
  Age: stu3.Age;
  Attachment: stu3.Attachment;
  BackboneElement: stu3.BackboneElement;
  "Bundle.entry": stu3.BundleEntry;
  Coding: stu3.Coding;
  "Composition.section": stu3.CompositionSection;
  "Condition.evidence": stu3.ConditionEvidence;
  "Condition.stage": stu3.ConditionStage;
  ContactPoint: stu3.ContactPoint;
  Count: stu3.Count;
  Distance: stu3.Distance;
  DomainResource: stu3.DomainResource;
  Duration: stu3.Duration;
  Extension: stu3.Extension;
  Identifier: stu3.Identifier;
  Money: stu3.Money;
  "Observation.referenceRange": stu3.ObservationReferenceRange;
  "Patient.contact": stu3.PatientContact;
  Period: stu3.Period;
  Quantity: stu3.Quantity;
  "Questionnaire.item": stu3.QuestionnaireItem;
  "Questionnaire.item.enableWhen": stu3.QuestionnaireItemEnableWhen;
  "QuestionnaireResponse.item": stu3.QuestionnaireResponseItem;
  Range: stu3.Range;
  Ratio: stu3.Ratio;
  Reference: stu3.Reference;
  Resource: Resource;
  "Timing.repeat": stu3.TimingRepeat;
};

export interface Elements {
  /** Those of a type of the table (`Period`, `Patient.contact`, `DomainResource`) and of the types derived from it. */
  ofType: <Type extends keyof ElementTypes>(type: Type) => readonly ElementTypes[Type][];
  /** The bundles of the message, outermost first. */
  scopes: readonly Scope[];
  /** Lists of two items or more in which each should say something of its own. */
  lists: readonly HeldList[];
  /** Every element but resources that has an id, in the order of the message. */
  ids: readonly HeldId[];
}

export interface HeldId {
  element: object;
  id: string;
  /** The one that it stands in, which may be contained in another. */
  resource: Resource;
}

export interface HeldList {
  holder: object;
  name: string;
  items: readonly unknown[];
}

/** A bundle and the references that stand in it, those of bundles that it holds left out. */
export interface Scope {
  bundle: Bundle;
  references: HeldReference[];
}

export interface HeldReference {
  reference: Reference;
  /** The resource of the entry: what it contains may be named `#id`. Undefined for a reference of the bundle itself. */
  holder: Resource | undefined;
  /** The types of resource that it may lead to; undefined where that is any. */
  targets: ReadonlySet<string> | undefined;
}

type Value = Readonly<Record<string, unknown>>;

interface Walk {
  byType: Map<string, object[]>;
  /** By name of a type, the lists of `byType` that an element of it goes into. */
  kinds: Map<string, readonly object[][]>;
  scopes: Scope[];
  lists: HeldList[];
  ids: HeldId[];
  /** What is walked through. */
  within: Resource;
}

/** Long lists, and those of resources and attachments: too much to compare, or another rule's to look at. */
const notCompared: ReadonlySet<string> = new Set(["entry", "contained", "content", "section"]);
const longestCompared = 100;
/** The one list of primitives of which that is true: the others hold words, which may well repeat. */
const profileList = "profile";

/** Walks the message once; what the table does not know is left out. */
export function elementsOf(bundle: Bundle): Elements {
  const walk: Walk = { byType: new Map(), kinds: new Map(), scopes: [], lists: [], ids: [], within: bundle };
  visitResource(bundle, undefined, undefined, walk);
  return {
    ofType: <Type extends keyof ElementTypes>(type: Type) =>
      (walk.byType.get(type) ?? nothing) as readonly ElementTypes[Type][],
    scopes: walk.scopes,
    lists: walk.lists,
    ids: walk.ids,
  };
}

const nothing: readonly object[] = [];

function visitResource(resource: Resource, scope: Scope | undefined, holder: Resource | undefined, walk: Walk): void {
  const type = typeDefinition(resource.resourceType);
  if (type === undefined) return;
  const around = walk.within;
  walk.within = resource;
  if (resource.resourceType === "Bundle") {
    const own: Scope = { bundle: resource, references: [] };
    walk.scopes.push(own);
    visit(resource, type, own, undefined, walk);
  } else if (scope !== undefined) {
    visit(resource, type, scope, holder ?? resource, walk);
  }
  walk.within = around;
}

function visit(element: object, type: TypeDefinition, scope: Scope, holder: Resource | undefined, walk: Walk): void {
  for (const list of listsOf(type.name, walk)) list.push(element);
  const { id } = element as { id?: unknown };
  if (typeof id === "string" && element !== walk.within) walk.ids.push({ element, id, resource: walk.within });
  for (const name in element) {
    const held = (element as Value)[name];
    if (typeof held !== "object" || held === null) continue;
    if (Array.isArray(held) && isCompared(name, held)) walk.lists.push({ holder: element, name, items: held });
    // `_status` holds the id and the extensions of the primitive `status`.
    const definition = type.byName.get(name.startsWith("_") ? name.slice(1) : name);
    if (definition === undefined) continue;
    if (Array.isArray(held)) {
      for (const item of held as unknown[]) visitItem(item, definition, scope, holder, walk);
    } else {
      visitItem(held, name === "valueReference" ? asExtended(definition, element) : definition, scope, holder, walk);
    }
  }
}

/** To what an extension of FHIR's own that GP Connect asks for may lead, which the table does not know. */
const targetsOfExtensions: ReadonlyMap<string | undefined, ReadonlySet<string>> = new Map([
  [extensions.associatedEncounter, new Set(["Encounter"])],
]);

function asExtended(definition: ElementDefinition, { url }: { url?: string }): ElementDefinition {
  const targets = targetsOfExtensions.get(url);
  return targets === undefined ? definition : { ...definition, targets };
}

function visitItem(
  item: unknown,
  definition: ElementDefinition,
  scope: Scope,
  holder: Resource | undefined,
  walk: Walk,
): void {
  if (typeof item !== "object" || item === null) return;
  if (definition.kind === "resource") {
    visitResource(item as Resource, scope, holder, walk);
    return;
  }
  const type = typeDefinition(definition.kind === "primitive" ? "Element" : definition.type);
  if (type === undefined) return;
  if (type.name === "Reference") scope.references.push({ reference: item, holder, targets: definition.targets });
  visit(item, type, scope, holder, walk);
}

function isCompared(name: string, list: readonly unknown[]): boolean {
  if (list.length < 2 || list.length > longestCompared || notCompared.has(name)) return false;
  return typeof list[0] === "object" || name === profileList;
}

function listsOf(name: string, { byType, kinds }: Walk): readonly object[][] {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const made = lineOf(name).map((type) => {
    const list = byType.get(type) ?? [];
    byType.set(type, list);
    return list;
  });
  kinds.set(name, made);
  return made;
}
