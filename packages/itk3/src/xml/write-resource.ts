import { Itk3Error } from "../errors.ts";
import {
  type ElementDefinition,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { isOpaque } from "../stu3/opaque.ts";
import type { Resource } from "../stu3/types.ts";
import { refuseUnwritable } from "../write/refuse-unwritable.ts";
import { isXmlText } from "./characters.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * A resource as XML: UTF-8, elements in schema order, two spaces of indent, xhtml as it was read or given.
 *
 * @throws Itk3Error `input-invalid` where the resource holds what would not be read again: an unknown element, a value of
 * another type, a control character or half a surrogate pair, a narrative that is none or could act, more than 64
 * elements within each other.
 */
export function writeXml(resource: Resource): string {
  refuseUnwritable(resource, "xml");
  const out: string[] = [];
  writeResource(out, resource as unknown as Value, "", ' xmlns="http://hl7.org/fhir"');
  return out.join("");
}

function writeResource(out: string[], value: Value, indent: string, declaration: string): void {
  if (isOpaque(value as unknown as Resource)) {
    out.push(`${indent}${value["source"] as string}\n`);
    return;
  }
  const type = resourceDefinition(value["resourceType"] as string);
  if (type === undefined) return;
  out.push(`${indent}<${type.name}${declaration}>\n`);
  writeChildren(out, type, value, `${indent}  `);
  out.push(`${indent}</${type.name}>\n`);
}

function writeChildren(out: string[], type: TypeDefinition, value: Value, indent: string): void {
  for (const definition of type.elements) {
    if (definition.attribute) continue;
    const { name } = definition;
    const held = value[name];
    const companion = value[`_${name}`];
    if (held === undefined && companion === undefined) continue;
    if (definition.repeating) {
      const values = (held ?? []) as readonly unknown[];
      const companions = (companion ?? []) as readonly unknown[];
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
      const value = held as string | number | boolean | null | undefined;
      const written = value === undefined || value === null ? "" : ` value="${escaped(String(value))}"`;
      if (companion !== undefined && companion !== null) {
        writeComplex(out, name, "Element", companion as Value, indent, written);
      } else if (written !== "") {
        out.push(`${indent}<${name}${written}/>\n`);
      }
      return;
    }
    case "complex":
      writeComplex(out, name, definition.type, held as Value, indent, "");
      return;
    case "narrative":
      out.push(`${indent}${held as string}\n`);
      return;
    case "resource":
      out.push(`${indent}<${name}>\n`);
      writeResource(out, held as Value, `${indent}  `, "");
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
  if (type === undefined) return;
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
  return /[&<>"\t\n\r]/.test(text) ? text.replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? "") : text;
}

/**
 * Text for the inside of an xhtml element.
 *
 * @throws Itk3Error `input-invalid`
 */
export function escapeXhtml(text: string): string {
  if (!isXmlText(text)) throw new Itk3Error("input-invalid", "A value holds a character that XML cannot.");
  return escaped(text).replace(/&#(?:9|10);/g, " ");
}
