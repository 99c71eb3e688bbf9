// What a type of TypeScript cannot refuse, the table of STU3 can: one look at every resource that a builder makes.
import { isSnomedIdentifier } from "../../stu3/snomed.ts";
import { Itk3Error } from "../../errors.ts";
import { systems } from "../../names.ts";
import { type ElementDefinition, resourceDefinition, typeDefinition } from "../../stu3/element-table.ts";
import type { TypeDefinition } from "../../stu3/element-table.ts";
import { primitiveFault } from "../../stu3/primitives.ts";
import type { Resource } from "../../stu3/types.ts";

type Value = Readonly<Record<string, unknown>>;

/**
 * Refuses an element without a value, a value that its STU3 type does not have, a blank text, a code of another list, a
 * SNOMED CT code with a wrong check digit, and an element that must be there and is not. The message names the element and
 * repeats no value.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseUnfit(resource: Resource): void {
  const type = resourceDefinition(resource.resourceType);
  if (type === undefined) refuse("A resource is of a type that Send Document does not know");
  lookAt(type, resource as unknown as Value, type.name);
}

function lookAt(type: TypeDefinition, value: Value, path: string): void {
  for (const names of type.required) {
    if (!names.some((name) => isHeld(value[name]))) refuse(`${path} has no ${names[0]}`);
  }
  if (value["system"] === systems.snomed && !isSnomedIdentifier(String(value["code"]))) {
    refuse(`${path}.code must be a SNOMED CT identifier, check digit included`);
  }
  for (const [name, held] of Object.entries(value)) {
    const definition = type.byName.get(name);
    if (definition === undefined) continue;
    // Of a list that TypeScript knows, such as that of prescription types, another was asked for.
    if (held === undefined) refuse(`${path}.${name} is undefined`);
    if (Array.isArray(held) && held.length === 0) refuse(`${path}.${name} holds nothing`);
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held])
      lookAtOne(definition, item, `${path}.${name}`);
  }
}

function lookAtOne({ type, kind, codes }: ElementDefinition, held: unknown, path: string): void {
  if (kind === "complex") {
    const definition = typeDefinition(type);
    if (definition === undefined || !isHeld(held)) refuse(`${path} holds nothing`);
    lookAt(definition, held as Value, path);
    return;
  }
  if (kind !== "primitive") return;
  const text = String(held);
  const fault = text.trim() === "" ? "must not be blank" : primitiveFault(type, text);
  if (fault !== undefined) refuse(`${path} ${fault}`);
  if (codes !== undefined && !codes.has(text)) refuse(`${path} must be one of: ${[...codes].join(", ")}`);
}

function isHeld(held: unknown): boolean {
  if (held === undefined || held === null) return false;
  return typeof held === "object" ? Object.keys(held).length > 0 : true;
}

function refuse(fault: string): never {
  throw new Itk3Error("input-invalid", `${fault}.`);
}
