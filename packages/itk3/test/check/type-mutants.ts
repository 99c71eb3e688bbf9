// The mutants of every type of STU3 that the element table tells of, in small resources: of what no document of ours has too.
import { type ElementDefinition, type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";
import { everyResource } from "../stu3/arbitrary.ts";

type Value = Readonly<Record<string, unknown>>;

export interface TypeMutant {
  kind: "cardinality" | "fixed value";
  /** `without MedicationDispense.performer.actor`. */
  name: string;
  /** A resource with one fault. */
  resource: Value;
  /** The faulty element, within the resource: `performer[0].actor`. */
  at: string;
}

/** A type, and how a resource holds it. */
interface Held {
  type: TypeDefinition;
  /** Within the resource, with a full stop behind it, or empty. */
  place: string;
  within: (value: Value) => Value;
}

/** Every type of the table, in the first resource that has it, each held by no more than must be. */
export function heldTypes(): Held[] {
  const seen = new Set<string>();
  const found: Held[] = [];
  const queue = everyResource.map((type): Held => ({
    type,
    place: "",
    within: (value) => ({ resourceType: type.name, ...value }),
  }));
  for (const { type } of queue) seen.add(type.name);
  for (let held = queue.shift(); held !== undefined; held = queue.shift()) {
    found.push(held);
    const { type, place, within } = held;
    for (const element of type.elements) {
      const definition = element.kind === "complex" ? typeDefinition(element.type) : undefined;
      if (definition === undefined || seen.has(definition.name)) continue;
      seen.add(definition.name);
      queue.push({
        type: definition,
        place: `${place}${element.name}${element.repeating ? "[0]" : ""}.`,
        within: (value) => within({ ...least(type, element), [element.name]: element.repeating ? [value] : value }),
      });
    }
  }
  return found;
}

/** The type with what it must have and nothing more, without one choice that is to be another. */
export function least(type: TypeDefinition, but?: ElementDefinition): Value {
  const value: Record<string, unknown> = {};
  for (const [name = ""] of type.required) {
    const element = type.byName.get(name);
    if (element === undefined || element.order === but?.order) continue;
    value[name] = element.repeating ? [valueOf(element)] : valueOf(element);
  }
  // Nothing is empty in FHIR.
  if (Object.keys(value).length === 0 && type.kind === "datatype")
    value.extension = [{ url: "urn:x", valueString: "x" }];
  if (type.name === "Extension" && but === undefined) value.valueString = "x";
  return value;
}

const primitives: Readonly<Record<string, unknown>> = {
  base64Binary: "AAAA",
  boolean: true,
  code: "a",
  date: "2026",
  dateTime: "2026",
  decimal: 1,
  id: "a",
  instant: "2026-01-05T10:00:00Z",
  integer: 1,
  markdown: "x",
  oid: "urn:oid:1.2.3",
  positiveInt: 1,
  string: "x",
  time: "10:00:00",
  unsignedInt: 1,
  uri: "urn:x",
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
};

export function valueOf({ type, codes, kind }: ElementDefinition): unknown {
  if (kind === "resource") return { resourceType: "Basic", code: { text: "x" } };
  const definition = typeDefinition(type);
  if (definition !== undefined) return least(definition);
  return codes === undefined ? primitives[type] : [...codes][0];
}

/** Each required element left out, each that may stand once doubled, each choice made twice, each code that has a list not of it. */
export function* typeMutants(): Generator<TypeMutant> {
  for (const { type, place, within } of heldTypes()) {
    const made = (kind: TypeMutant["kind"], how: string, name: string, value: Value): TypeMutant => ({
      kind,
      name: `${how} ${type.name}.${name}`,
      resource: within(value),
      at: `${place}${name}`,
    });
    for (const [name = ""] of type.required) {
      const { [name]: _, ...rest } = least(type);
      yield made("cardinality", "without", name, rest);
    }
    for (const element of type.elements) {
      const { name, repeating, attribute, choice, codes, order } = element;
      const value = valueOf(element);
      const base = least(type, element);
      if (!repeating && !attribute) yield made("cardinality", "twice", name, { ...base, [name]: [value, value] });
      const other =
        choice === undefined ? undefined : type.elements.find((one) => one.order === order && one.name !== name);
      if (other !== undefined) {
        yield made("cardinality", `${other.name} beside`, name, {
          ...base,
          [name]: value,
          [other.name]: valueOf(other),
        });
      }
      const bad = "not-of-the-list";
      if (codes !== undefined)
        yield made("fixed value", "a code of no list", name, { ...base, [name]: repeating ? [bad] : bad });
    }
  }
}
