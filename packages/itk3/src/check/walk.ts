// One walk through a message, by the element table: only the table tells a ContactPoint from a Quantity, or finds a
// Period wherever one may stand. Every rule of a check that looks for elements of a type shares it.
import { kindsOf, type TypeDefinition, typeDefinition } from "../stu3/element-table.ts";
import type * as stu3 from "../stu3/types.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";

/** What rules look for by type. */
export type ElementTypes = { [R in Resource as R["resourceType"]]: R } & {
  Attachment: stu3.Attachment;
  BackboneElement: stu3.BackboneElement;
  Coding: stu3.Coding;
  "Composition.section": stu3.CompositionSection;
  "Condition.evidence": stu3.ConditionEvidence;
  "Condition.stage": stu3.ConditionStage;
  ContactPoint: stu3.ContactPoint;
  DomainResource: stu3.DomainResource;
  Extension: stu3.Extension;
  Identifier: stu3.Identifier;
  "Observation.referenceRange": stu3.ObservationReferenceRange;
  Period: stu3.Period;
  Quantity: stu3.Quantity;
  "Questionnaire.item": stu3.QuestionnaireItem;
  "Questionnaire.item.enableWhen": stu3.QuestionnaireItemEnableWhen;
  "QuestionnaireResponse.item": stu3.QuestionnaireResponseItem;
  Range: stu3.Range;
  Ratio: stu3.Ratio;
  Reference: stu3.Reference;
  Resource: Resource;
};

/** Elements of a type of the table (`Period`, `Patient.contact`, `DomainResource`) and of the types derived from it. */
export type OfType = <Type extends keyof ElementTypes>(type: Type) => readonly ElementTypes[Type][];

/** A bundle of the message and what stands in it, down to the bundles that it holds. */
export interface Scope {
  bundle: Bundle;
  ofType: OfType;
  references: readonly HeldReference[];
}

export interface HeldReference {
  reference: Reference;
  /** The resource of the entry: what it contains may be named `#id`. Undefined for a reference of the bundle itself. */
  holder: Resource | undefined;
}

export interface Elements {
  /** Outermost first. */
  scopes: readonly Scope[];
  /** Of every bundle. */
  ofType: OfType;
}

type Value = Readonly<Record<string, unknown>>;

interface Found {
  bundle: Bundle;
  byType: Map<string, object[]>;
  references: HeldReference[];
}

/** Walks the message once; what the table does not know is left out. */
export function elementsOf(bundle: Bundle): Elements {
  const found: Found[] = [];
  visitResource(bundle, undefined, undefined, found);
  const scopes = found.map(({ bundle: own, byType, references }): Scope => ({
    bundle: own,
    ofType: <Type extends keyof ElementTypes>(type: Type) =>
      kindsOf(type).flatMap((kind) => (byType.get(kind) ?? []) as ElementTypes[Type][]),
    references,
  }));
  return { scopes, ofType: (type) => scopes.flatMap((scope) => scope.ofType(type)) };
}

function visitResource(
  resource: Resource,
  scope: Found | undefined,
  holder: Resource | undefined,
  found: Found[],
): void {
  const type = typeDefinition(resource.resourceType);
  if (type === undefined) return;
  if (resource.resourceType === "Bundle") {
    const own: Found = { bundle: resource, byType: new Map(), references: [] };
    found.push(own);
    visit(resource, type, own, undefined, found);
  } else if (scope !== undefined) {
    visit(resource, type, scope, holder ?? resource, found);
  }
}

function visit(
  element: object,
  type: TypeDefinition,
  scope: Found,
  holder: Resource | undefined,
  found: Found[],
): void {
  const known = scope.byType.get(type.name);
  if (known === undefined) scope.byType.set(type.name, [element]);
  else known.push(element);
  if (type.name === "Reference") scope.references.push({ reference: element, holder });
  for (const [name, held] of Object.entries(element as Value)) {
    if (typeof held !== "object") continue;
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held]) {
      if (typeof item !== "object" || item === null) continue;
      // `_status` holds the id and the extensions of the primitive `status`.
      const definition = type.byName.get(name.startsWith("_") ? name.slice(1) : name);
      if (definition === undefined) break;
      if (definition.kind === "resource") {
        visitResource(item as Resource, scope, holder, found);
        continue;
      }
      const itsType = typeDefinition(definition.kind === "primitive" ? "Element" : definition.type);
      if (itsType !== undefined) visit(item, itsType, scope, holder, found);
    }
  }
}
