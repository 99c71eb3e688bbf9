import {
  type ElementDefinition,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { isOpaque } from "../stu3/opaque.ts";
import type { Resource } from "../stu3/types.ts";
import { refuseUnwritable } from "../write/refuse-unwritable.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * A resource as FHIR JSON: members in schema order, two spaces of indent, decimals as they were written.
 *
 * @throws Itk3Error `input-invalid` where the resource holds what would not be read again: see `writeXml`
 */
export function writeJson(resource: Resource): string {
  refuseUnwritable(resource, "json");
  return `${resourceText(resource as unknown as Value, "")}\n`;
}

function resourceText(value: Value, indent: string): string {
  if (isOpaque(value as unknown as Resource)) return value["source"] as string;
  const type = resourceDefinition(value["resourceType"] as string);
  return type === undefined ? "{}" : objectText(type, value, indent, [`"resourceType": ${JSON.stringify(type.name)}`]);
}

function objectText(type: TypeDefinition, value: Value, indent: string, members: string[] = []): string {
  const inner = `${indent}  `;
  for (const definition of type.elements) {
    const { name } = definition;
    const held = value[name];
    const companion = value[`_${name}`];
    if (!isHollow(held)) members.push(`"${name}": ${elementText(definition, held, inner)}`);
    if (!isHollow(companion)) members.push(`"_${name}": ${companionText(held, companion, inner)}`);
  }
  return members.length === 0 ? "{}" : `{\n${inner}${members.join(`,\n${inner}`)}\n${indent}}`;
}

// A list of nothing but nulls says nothing: what stands beside it does.
function isHollow(held: unknown): boolean {
  return held === undefined || (Array.isArray(held) && held.every((item) => item === null));
}

function elementText(definition: ElementDefinition, held: unknown, indent: string): string {
  if (!definition.repeating) return oneText(definition, held, indent);
  return listText(
    (held as readonly unknown[]).map((item) => (item === null ? "null" : oneText(definition, item, `${indent}  `))),
    indent,
  );
}

function companionText(held: unknown, companion: unknown, indent: string): string {
  const element = typeDefinition("Element");
  const one = (item: unknown, at: string): string =>
    item === null || element === undefined ? "null" : objectText(element, item as Value, at);
  if (!Array.isArray(companion)) return one(companion, indent);
  const length = Math.max(companion.length, Array.isArray(held) ? held.length : 0);
  const items = Array.from({ length }, (_, index) => one((companion[index] as unknown) ?? null, `${indent}  `));
  return listText(items, indent);
}

function listText(items: readonly string[], indent: string): string {
  return items.length === 0 ? "[]" : `[\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}]`;
}

function oneText(definition: ElementDefinition, held: unknown, indent: string): string {
  switch (definition.kind) {
    case "resource":
      return resourceText(held as Value, indent);
    case "complex": {
      const type = typeDefinition(definition.type);
      return type === undefined ? "{}" : objectText(type, held as Value, indent);
    }
    case "narrative":
    case "primitive":
      return scalarText(definition.type, held);
  }
}

// A decimal is text in memory and a bare number in JSON.
function scalarText(type: string, held: unknown): string {
  return type === "decimal" ? (held as string) : JSON.stringify(held);
}
