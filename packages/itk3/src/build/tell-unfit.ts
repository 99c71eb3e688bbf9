// What a shape does not say, the table of STU3 does: one look at every resource that a builder makes or is given.
import { isRecord } from "../input/shapes.ts";
import type { Place } from "../input/problems.ts";
import { systems } from "../names.ts";
import { type ElementDefinition, type TypeDefinition, typeDefinition } from "../stu3/element-table.ts";
import { isWritable } from "../write/refuse-unwritable.ts";
import { maxDepth } from "../xml/tokenise.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import { isSnomedIdentifier } from "../stu3/snomed.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * Tells of an element without a value, a value that its STU3 type does not have, a blank text, a code of another list, a
 * SNOMED CT code with a wrong check digit, and an element that must be there and is not.
 */
export function tellUnfit(type: TypeDefinition, value: Value, at: Place, depth = 1): void {
  // No deeper than a message may be: nothing that holds itself is followed.
  if (depth > maxDepth) return at.tell("is nested too deep");
  for (const names of type.required) {
    if (!names.some((name) => isHeld(value[name]))) at.tell(`has no ${names[0]}`);
  }
  if (value["system"] === systems.snomed && !isSnomedIdentifier(String(value["code"]))) {
    at.field("code").tell("must be a SNOMED CT identifier, check digit included");
  }
  for (const [name, held] of Object.entries(value)) {
    const definition = type.byName.get(name);
    if (definition !== undefined) lookAtHeld(definition, held, at.field(name), depth);
    else if (held !== undefined && !isBeside(type, name)) at.tell("holds an element that STU3 does not know");
  }
}

/** The type of a resource, or what stands beside a primitive: the writer looks at that. */
function isBeside(type: TypeDefinition, name: string): boolean {
  return name === "resourceType" ? type.kind === "resource" : name.startsWith("_") && type.byName.has(name.slice(1));
}

function lookAtHeld(definition: ElementDefinition, held: unknown, at: Place, depth: number): void {
  if (held === undefined) return at.tell("is undefined");
  if (!definition.repeating) return lookAtOne(definition, held, at, depth);
  if (!Array.isArray(held)) return at.tell("may repeat: it must be a list");
  if (held.length === 0) return at.tell("holds nothing");
  for (const [index, item] of held.entries()) lookAtOne(definition, item, at.item(index), depth);
}

function lookAtOne({ type, kind, codes }: ElementDefinition, held: unknown, at: Place, depth: number): void {
  if (kind === "complex") {
    const definition = typeDefinition(type);
    if (definition === undefined || !isRecord(held) || !isHeld(held)) return at.tell("holds nothing");
    return tellUnfit(definition, held, at, depth + 1);
  }
  if (kind !== "primitive") return;
  if (typeof held !== "string" && typeof held !== "number" && typeof held !== "boolean") {
    return at.tell("must be a value");
  }
  const text = String(held);
  // A code of SNOMED CT has been looked at.
  if (!at.isRight()) return;
  const fault = text.trim() === "" ? "must not be blank" : (primitiveFault(type, text) ?? typeFault(type, held));
  if (fault !== undefined) return at.tell(fault);
  if (codes !== undefined && !codes.has(text)) at.tell(`must be one of: ${[...codes].join(", ")}`);
}

function typeFault(type: string, held: unknown): string | undefined {
  return isWritable(type, held) ? undefined : `is no ${type}`;
}

function isHeld(held: unknown): boolean {
  if (held === undefined || held === null) return false;
  return typeof held === "object" ? Object.keys(held).length > 0 : true;
}
