import * as fc from "fast-check";
import type { Resource } from "@restante/itk3";
import {
  type ElementDefinition,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../../src/stu3/element-table.ts";
import { elementTable } from "../../src/stu3/table.ts";

/** Every resource of the element table. */
export const everyResource: readonly TypeDefinition[] = [...elementTable.matchAll(/^resource (\S+)/gm)].flatMap(
  ([, name = ""]) => resourceDefinition(name) ?? [],
);

type Value = Record<string, unknown>;

const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  // Characters that XML 1.0 cannot hold, and what only spaces would be.
  .map((value) => `x${value.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "\n")}`);
const date = fc.constantFrom("2020", "2020-02", "2020-02-29", "1957-01-09");
const instant = fc.constantFrom("2020-02-29T23:59:59Z", "1999-12-31T00:00:00.123+01:00");
const whole = fc.integer({ min: 1, max: 2_147_483_647 });

const primitives: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  base64Binary: fc.constantFrom("AAAA", "JVBERi0xLjcK", "AA=="),
  boolean: fc.boolean(),
  code: fc.constantFrom("a", "a-b", "a b"),
  date,
  dateTime: fc.oneof(date, instant),
  decimal: fc.constantFrom("0", "85.0", "-0.50", "36.9", "100"),
  id: fc.constantFrom("a", "A-1.b"),
  instant,
  integer: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
  markdown: text,
  oid: fc.constant("urn:oid:1.2.3"),
  positiveInt: whole,
  string: text,
  time: fc.constantFrom("00:00:00", "23:59:59.5"),
  unsignedInt: whole,
  uri: fc.constantFrom("urn:x", "https://example.org/a?b=c&d"),
  xhtml: fc.constant('<div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; <b>B</b></p></div>'),
};

/** Any resource of a type: every required element, some of the others, of valid values. */
export function resourceOf(type: TypeDefinition): fc.Arbitrary<Resource> {
  return valueOf(type, 0).map((value) => Object.assign(value, { resourceType: type.name }) as unknown as Resource);
}

function valueOf(type: TypeDefinition, depth: number): fc.Arbitrary<Value> {
  const choices = Map.groupBy(type.elements, ({ order }) => order);
  const parts = [...choices.values()].flatMap((group) => {
    const likely = depth === 0 ? 3 : 8;
    const required = group[0]?.required === true;
    if (!required && (depth > 2 || group.some(({ kind }) => kind === "resource"))) return [];
    const one = fc.constantFrom(...group).chain((element) => elementOf(element, depth));
    return [required ? one : fc.oneof({ arbitrary: fc.constant({}), weight: likely }, { arbitrary: one, weight: 1 })];
  });
  const joined = fc.tuple(...parts).map((found): Value => Object.assign({}, ...found));
  // An element without anything in it, or with no more than an id, is no element. Not every resource may be extended.
  const least = (): Value =>
    type.kind === "resource" ? { id: "a" } : { extension: [{ url: "urn:x", valueCode: "a" }] };
  const says = (name: string): boolean => type.kind === "resource" || name !== "id";
  return joined.map((value) => (Object.keys(value).some(says) ? value : Object.assign(value, least())));
}

function elementOf(element: ElementDefinition, depth: number): fc.Arbitrary<Value> {
  // SampledData.data: the schema knows its pattern, the table does not.
  if (element.name === "data" && element.type === "string") return fc.constant({ data: "1 -2.5 E" });
  const { name, type, codes, kind, repeating, attribute } = element;
  if (kind === "complex" || kind === "resource") {
    const definition = typeDefinition(type);
    if (definition === undefined) return fc.constant({});
    const one = valueOf(definition, depth + 1);
    return (repeating ? fc.array(one, { minLength: 1, maxLength: 2 }) : one).map((value) => ({ [name]: value }));
  }
  const single = codes === undefined ? (primitives[type] ?? fc.constant("x")) : fc.constantFrom(...codes);
  if (attribute || type === "xhtml" || depth > 1) {
    return (repeating ? single.map((value) => [value]) : single).map((value) => ({ [name]: value }));
  }
  const companion = fc.option(fc.constant({ id: "i", extension: [{ url: "urn:x", valueString: "y" }] }), {
    nil: null,
    freq: 1,
  });
  return fc.tuple(single, companion).map(([value, beside]) => {
    const found: Value = { [name]: repeating ? [value] : value };
    if (beside !== null) found[`_${name}`] = repeating ? [beside] : beside;
    return found;
  });
}
