import { Itk3Error } from "../errors.ts";
import {
  type ElementDefinition,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { refuseUnknown } from "../stu3/refuse-unknown.ts";
import type { Resource } from "../stu3/types.ts";
import { isXmlText } from "./characters.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * A resource as XML: UTF-8, elements in schema order, two spaces of indent, xhtml as it was read or given.
 *
 * @throws Itk3Error `input-invalid` where the resource holds what STU3 or XML cannot: an unknown element, a control
 * character, half a surrogate pair.
 */
export function writeXml(resource: Resource): string {
  const out: string[] = [];
  writeResource(out, resource as unknown as Value, "", ' xmlns="http://hl7.org/fhir"');
  return out.join("");
}

function writeResource(out: string[], value: Value, indent: string, declaration: string): void {
  const name = String(value["resourceType"]);
  const type = resourceDefinition(name);
  if (type === undefined)
    throw new Itk3Error("input-invalid", "A resource is of a type that Send Document does not know.");
  out.push(`${indent}<${name}${declaration}>\n`);
  writeChildren(out, type, value, `${indent}  `);
  out.push(`${indent}</${name}>\n`);
}

function writeChildren(out: string[], type: TypeDefinition, value: Value, indent: string): void {
  refuseUnknown(type, value);
  for (const definition of type.elements) {
    if (definition.attribute) continue;
    const { name } = definition;
    const held = value[name];
    const companion = value[`_${name}`];
    if (held === undefined && companion === undefined) continue;
    if (definition.repeating) {
      const values = asList(held);
      const companions = asList(companion);
      const count = Math.max(values.length, companions.length);
      for (let index = 0; index < count; index += 1) {
        writeElement(out, definition, values[index], companions[index], indent);
      }
    } else {
      writeElement(out, definition, held, companion, indent);
    }
  }
}

function writeElement(
  out: string[],
  definition: ElementDefinition,
  held: unknown,
  companion: unknown,
  indent: string,
): void {
  const { name, kind } = definition;
  switch (kind) {
    case "primitive": {
      const written = held === undefined || held === null ? "" : ` value="${escaped(scalarText(held))}"`;
      if (isObject(companion)) writeComplex(out, name, "Element", companion, indent, written);
      else if (written !== "") out.push(`${indent}<${name}${written}/>\n`);
      return;
    }
    case "complex":
      if (isObject(held)) writeComplex(out, name, definition.type, held, indent, "");
      return;
    case "narrative":
      if (typeof held === "string") out.push(`${indent}${held}\n`);
      return;
    case "resource":
      if (!isObject(held)) return;
      out.push(`${indent}<${name}>\n`);
      writeResource(out, held, `${indent}  `, "");
      out.push(`${indent}</${name}>\n`);
      return;
  }
}

function writeComplex(
  out: string[],
  name: string,
  typeName: string,
  value: Value,
  indent: string,
  attributes: string,
): void {
  const type = typeDefinition(typeName);
  if (type === undefined)
    throw new Itk3Error("input-invalid", "An element is of a type that Send Document does not know.");
  let head = `${indent}<${name}`;
  for (const definition of type.elements) {
    const held = value[definition.name];
    if (definition.attribute && typeof held === "string") head += ` ${definition.name}="${escaped(held)}"`;
  }
  const before = out.push(`${head}${attributes}>\n`);
  writeChildren(out, type, value, `${indent}  `);
  if (out.length === before) out[before - 1] = `${head}${attributes}/>\n`;
  else out.push(`${indent}</${name}>\n`);
}

function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  throw new Itk3Error("input-invalid", "A value is neither text, boolean nor whole number.");
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escaped(text: string): string {
  if (!isXmlText(text)) {
    throw new Itk3Error("input-invalid", "A value holds a character that XML cannot.");
  }
  return /[&<>"\t\n\r]/.test(text) ? text.replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? "") : text;
}

/** Text for the inside of an xhtml element. */
export function escapeXhtml(text: string): string {
  return escaped(text).replace(/&#(?:9|10);/g, " ");
}

function asList(held: unknown): readonly unknown[] {
  if (held === undefined) return [];
  return Array.isArray(held) ? held : [held];
}

function isObject(value: unknown): value is Value {
  return typeof value === "object" && value !== null;
}
