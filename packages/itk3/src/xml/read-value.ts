// Values: of primitive elements, and of the two elements of FHIR that XML writes as attributes.
import { amissIn } from "../read/faults.ts";
import type { Position } from "../read/positions.ts";
import type { ElementDefinition } from "../stu3/element-table.ts";
import { toScalar } from "../stu3/primitives.ts";
import type { Complaints } from "./complaints.ts";
import { type Frame, listOf, type Value } from "./frame.ts";
import type { XmlElement } from "./tokenise.ts";

/** Keeps a value and its extensions; `last` names the element where it has no frame. */
export function keepPrimitive(
  parent: Frame,
  definition: ElementDefinition,
  written: string | undefined,
  extended: Value | undefined,
  at: Position,
  complaints: Complaints,
  last?: string,
): void {
  let value: unknown = null;
  if (written !== undefined) {
    const amiss = amissIn(definition, written);
    if (amiss !== undefined) complaints.tell(amiss.said, at, last);
    value = toScalar(definition.type, amiss?.value ?? written, amiss?.right ?? true);
  } else if (extended === undefined || holdsIdAlone(extended)) {
    complaints.error("empty-element", at, `${definition.name} has neither a value nor an extension.`, last);
  }
  // Nothing would be written of it.
  if (value === null && extended === undefined) {
    parent.leaveOut(definition.name);
    return;
  }
  if (value !== null || definition.repeating) parent.hold(definition, value);
  if (extended !== undefined) holdExtended(parent, definition, extended);
}

/** An id says nothing: an element has a value, an extension or elements of its own (FHIR ele-1). */
export function holdsIdAlone(value: Value): boolean {
  return value.id !== undefined && Object.keys(value).length === 1;
}

function holdExtended(parent: Frame, { name, repeating }: ElementDefinition, extended: Value): void {
  if (!repeating) {
    parent.value[`_${name}`] = extended;
    return;
  }
  const companions = listOf(parent.value, `_${name}`);
  while (companions.length < listOf(parent.value, name).length - 1) companions.push(null);
  companions.push(extended);
}

const schemaInstancePrefix = /^(?:xmlns(?::.*)?|[^:]+:(?:schemaLocation|noNamespaceSchemaLocation))$/;

/** Reads what FHIR writes as attributes; `value` is not one of them, but of a primitive it is its value. */
export function readAttributes(frame: Frame, element: XmlElement, complaints: Complaints): void {
  const { attributes } = element;
  for (let index = 0; index < attributes.count; index += 1) {
    const name = attributes.name(index);
    if (frame.kind === "primitive" && name === "value") continue;
    const definition = frame.type?.byName.get(name);
    if (definition?.attribute === true) {
      const written = attributes.value(index);
      const amiss = amissIn(definition, written);
      if (amiss !== undefined) complaints.tell(amiss.said, element, name);
      frame.hold(definition, amiss?.value ?? written);
    } else if (!schemaInstancePrefix.test(name)) {
      complaints.error("unknown-attribute", element, "An attribute that FHIR does not know was left out.");
    }
  }
}
