// What a writer cannot write it must not leave out in silence, and what it writes must be read again as it was. Both
// writers ask here first, so that what one of them takes the other does too, and neither looks again.
import { type InputProblem, Itk3Error } from "../errors.ts";
import { isOpaqueJson } from "../json/opaque.ts";
import {
  type ElementDefinition,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { mayBeTypeName } from "../stu3/opaque.ts";
import { isWholeNumber, primitiveFault } from "../stu3/primitives.ts";
import { isXmlText } from "../xml/characters.ts";
import { isKept, readNarrative } from "../xml/check-narrative.ts";
import { isOpaqueXml } from "../xml/opaque.ts";
import { maxDepth } from "../xml/tokenise.ts";

type Value = Readonly<Record<string, unknown>>;

type Format = "xml" | "json";

/**
 * Asks of a resource, by the element table: known elements alone, of the type that the table says, lists where they
 * repeat, narratives that would be read, at most 64 elements within each other (so no object within itself).
 *
 * Values of the right type that break STU3's rules may be written: they may have been read, and are reported there. White space
 * around one that has none is not read again.
 *
 * A resource of a type that STU3 does not know is written in the format that it was read in, within another alone: nothing
 * says what it would be in the other.
 *
 * @throws Itk3Error `input-invalid`, without a value of the resource
 */
export function refuseUnwritable(resource: unknown, format: Format): void {
  checkResource(resource, 1, format);
}

/** The place is one of the resource's types and elements; empty for the resource that is to be written. */
function refuse(place: string, text: string): never {
  const problem: InputProblem = { path: place, in: "message", text };
  throw new Itk3Error("input-invalid", `${place === "" ? "A resource" : place} ${text}.`, { problems: [problem] });
}

function checkResource(value: unknown, depth: number, format: Format): void {
  const name = isRecord(value) ? value["resourceType"] : undefined;
  const type = typeof name === "string" ? resourceDefinition(name) : undefined;
  if (!isRecord(value) || type === undefined) {
    return refuse("", "is of a type that STU3 does not know");
  }
  checkMembers(type, value, depth, format);
}

function checkHeld(value: unknown, place: string, depth: number, format: Format): void {
  if (!isRecord(value) || value["resourceType"] !== "unknown") return checkResource(value, depth, format);
  const { typeName, source, format: own } = value;
  if (typeof typeName !== "string" || !mayBeTypeName(typeName) || typeof source !== "string") {
    return refuse(place, "is no resource");
  }
  if (own !== format) refuse(place, "is of a type that STU3 does not know: it can be written as it was read alone");
  const isWhole = format === "xml" ? isOpaqueXml(source, typeName, depth - 2) : isOpaqueJson(source, typeName);
  if (!isWhole) refuse(place, "would not be read");
}

function checkMembers(type: TypeDefinition, value: Value, depth: number, format: Format): void {
  if (depth > maxDepth) refuse(type.name, `is nested more than ${maxDepth} deep`);
  for (const key in value) {
    const held = value[key];
    if (held === undefined || (key === "resourceType" && type.kind === "resource")) continue;
    const beside = key.startsWith("_");
    const definition = type.byName.get(beside ? key.slice(1) : key);
    if (definition === undefined || (beside && (definition.kind !== "primitive" || definition.attribute))) {
      return refuse(type.name, "holds an element that STU3 does not know");
    }
    const place = `${type.name}.${key}`;
    const check = beside ? checkCompanion : checkOne;
    if (!definition.repeating) {
      check(definition, held, place, depth + 1, format);
      continue;
    }
    if (!Array.isArray(held)) return refuse(place, "may repeat: it must be a list");
    for (const item of held as readonly unknown[]) {
      // A null holds a place for what stands beside it.
      if (item !== null || definition.kind !== "primitive") check(definition, item, place, depth + 1, format);
    }
  }
}

function checkOne(definition: ElementDefinition, value: unknown, place: string, depth: number, format: Format): void {
  switch (definition.kind) {
    case "resource":
      return checkHeld(value, place, depth + 1, format);
    case "complex":
      return checkComplex(definition.type, value, place, depth, format);
    case "narrative": {
      if (typeof value !== "string") return refuse(place, "is no text");
      const { fault, text } = readNarrative(value, depth - 1);
      if (fault !== undefined && !isKept(fault.code)) {
        return refuse(place, `would not be read: ${fault.text.replace(/\.$/, "")}`);
      }
      if (text !== value)
        refuse(place, "would be read as another: it holds a CDATA section or a processing instruction");
      return;
    }
    case "primitive":
      if (!definition.attribute && depth > maxDepth) refuse(place, `is nested more than ${maxDepth} deep`);
      return isWritable(definition.type, value) ? undefined : refuse(place, `is no ${definition.type}`);
  }
}

// Ids and extensions of primitives.
function checkCompanion(
  _definition: ElementDefinition,
  value: unknown,
  place: string,
  depth: number,
  format: Format,
): void {
  checkComplex("Element", value, place, depth, format);
}

function checkComplex(typeName: string, value: unknown, place: string, depth: number, format: Format): void {
  const type = typeDefinition(typeName);
  if (type === undefined || !isRecord(value)) return refuse(place, `is no ${typeName}`);
  checkMembers(type, value, depth, format);
}

/** Whether a value is of the type in which values of this STU3 primitive are held. */
export function isWritable(type: string, value: unknown): boolean {
  if (type === "boolean") return typeof value === "boolean";
  if (isWholeNumber(type)) return typeof value === "number" && primitiveFault(type, String(value)) === undefined;
  if (typeof value !== "string") return false;
  return type === "decimal" ? primitiveFault(type, value) === undefined : isXmlText(value);
}

// Neither a list nor something that keeps what it holds elsewhere, such as a Date or a Map.
function isRecord(value: unknown): value is Value {
  return Object.prototype.toString.call(value) === "[object Object]";
}
