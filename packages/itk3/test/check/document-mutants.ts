// The mutants of a message that the element table tells of: at every place of it, whatever stands there.
import { type ElementDefinition, type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";
import { unfixed } from "./fixed-values.ts";
import { changedAt, type Mutant } from "./mutant.ts";
import { type Path, placeOf } from "./place.ts";
import type { Subject } from "./subjects.ts";

type Value = Record<string, unknown>;

/** An element of a message, and of what type it is. */
export interface Spot {
  value: Value;
  type: TypeDefinition;
  path: Path;
  /** Of each reference here, to what it might be made to lead: the entries of the innermost Bundle. */
  entries: readonly Entry[];
}

interface Entry {
  fullUrl?: string;
  resource?: { resourceType: string };
}

/** Every element of a message that has elements itself. */
export function* spotsOf(bundle: object): Generator<Spot> {
  yield* spotsIn(bundle as Value, [], []);
}

function* spotsIn(value: Value, path: Path, outer: readonly Entry[], typeName?: string): Generator<Spot> {
  const type = typeDefinition(typeName ?? String(value.resourceType));
  if (type === undefined) return;
  const entries = value.resourceType === "Bundle" ? (value.entry as Entry[]) : outer;
  yield { value, type, path, entries };
  for (const definition of type.elements) {
    const { name, kind } = definition;
    if (kind !== "complex" && kind !== "resource") continue;
    const typeWithin = kind === "resource" ? undefined : definition.type;
    const held = value[name];
    if (Array.isArray(held)) {
      for (const [index, item] of held.entries())
        yield* spotsIn(item as Value, [...path, name, index], entries, typeWithin);
    } else if (held !== undefined) {
      yield* spotsIn(held as Value, [...path, name], entries, typeWithin);
    }
  }
}

/** Each required element left out, each that may stand once doubled, and each of a choice beside another of it. */
export function* cardinalityMutants(bundle: object): Generator<Mutant> {
  for (const { value, type, path } of spotsOf(bundle)) {
    for (const definition of type.elements) {
      const { name, required, repeating, attribute, choice, order } = definition;
      const held = value[name];
      if (held === undefined) continue;
      const at = [...path, name];
      const made = (how: string, change: (held: unknown) => unknown): Mutant => ({
        kind: "cardinality",
        how,
        path: at,
        value: changedAt(bundle, at, change),
      });
      if (required) yield made("without", () => undefined);
      // XML has no attribute twice: that is not well-formed.
      if (!repeating && !attribute) yield made("twice", () => [held, held]);
      const other =
        choice === undefined ? undefined : type.elements.find((one) => one.order === order && isOther(one, definition));
      if (other !== undefined) {
        const both = changedAt(bundle, path, (holder) => ({ ...(holder as Value), [other.name]: simple[other.type] }));
        yield { kind: "cardinality", how: "another of the choice", path: at, value: both };
      }
    }
  }
}

const simple: Readonly<Record<string, unknown>> = {
  boolean: true,
  code: "a",
  date: "2026",
  dateTime: "2026",
  integer: 1,
  string: "x",
  uri: "urn:x",
  Period: { start: "2026" },
  Reference: { display: "x" },
  CodeableConcept: { text: "x" },
};

const isOther = ({ name, type }: ElementDefinition, than: ElementDefinition): boolean =>
  name !== than.name && type in simple;

/** Each item of a list; the element itself where it is none. */
function placesAt(path: Path, held: unknown): readonly Path[] {
  return Array.isArray(held) ? Array.from(held.keys(), (index) => path.concat(index)) : [path];
}

/** Each reference that may not lead to any resource, led to one of a type that it may not lead to: one type after the other. */
export function* targetMutants(bundle: object, { generation }: Subject["options"]): Generator<Mutant> {
  // Send Document 2 asks for an Organization where STU3 has none (SCAL-GPCM-SD-107).
  const alsoMay = (path: Path, type: string): boolean =>
    generation === 2 && type === "Organization" && placeOf(bundle, path) === "Composition.author";
  let turn = 0;
  for (const { value, type, path, entries } of spotsOf(bundle)) {
    for (const { name, targets } of type.elements) {
      const held = value[name];
      if (targets === undefined || held === undefined) continue;
      const places = placesAt([...path, name], held);
      for (const at of places) {
        const wrong = new Map(
          entries.flatMap(({ fullUrl, resource }): [string, string][] =>
            fullUrl === undefined ||
            resource === undefined ||
            targets.has(resource.resourceType) ||
            alsoMay(at, resource.resourceType)
              ? []
              : [[resource.resourceType, fullUrl]],
          ),
        );
        const one = [...wrong][turn % wrong.size];
        if (one === undefined) continue;
        turn += 1;
        const [wrongType, reference] = one;
        yield {
          kind: "target type",
          how: `to ${wrongType}`,
          path: at,
          value: changedAt(bundle, at, () => ({ reference })),
        };
      }
    }
  }
}

/** Each code that STU3 gives a list for made one that is not in it, and each value that a profile or a requirement fixes. */
export function* fixedMutants(bundle: object, options: Subject["options"]): Generator<Mutant> {
  for (const { value, type, path } of spotsOf(bundle)) {
    for (const { name, codes, kind } of type.elements) {
      const held = value[name];
      if (held === undefined || kind !== "primitive") continue;
      const places = placesAt([...path, name], held);
      for (const at of places) {
        const made = (how: string, other: unknown): Mutant => ({
          kind: "fixed value",
          how,
          path: at,
          value: changedAt(bundle, at, () => other),
        });
        if (codes !== undefined) yield made("a code of no list", "not-of-the-list");
        const other = unfixed(placeOf(bundle, at), value, options);
        if (other !== undefined) yield made("another", other);
      }
    }
  }
}
