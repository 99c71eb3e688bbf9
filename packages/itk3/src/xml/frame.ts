// One open element of a FHIR resource in XML: read-resource.ts says what the kinds are.
import type { ElementDefinition, TypeDefinition } from "../stu3/element-table.ts";
import type { NarrativeWatch } from "./check-narrative.ts";

export type Value = Record<string, unknown>;

export interface Frame {
  kind: "complex" | "primitive" | "holder" | "narrative" | "skip";
  /** Its part of the location: "" for a resource, whose holder has named it. */
  name: string;
  index: number | undefined;
  line: number;
  column: number;
  definition: ElementDefinition | undefined;
  type: TypeDefinition | undefined;
  value: Value;
  /** Schema order of the last child, to notice one out of order. */
  order: number;
  /** A primitive's value, as written. */
  written: string | undefined;
  narrative: NarrativeWatch | undefined;
  /** Narrative: offset of its `<`. Holder: 1 once its resource came. Others: open elements within what is skipped. */
  count: number;
  complained: boolean;
}

export function attach(parent: Frame | undefined, definition: ElementDefinition | undefined, value: Value): void {
  if (parent === undefined || definition === undefined) return;
  if (definition.repeating) listOf(parent.value, definition.name).push(value);
  else parent.value[definition.name] = value;
}

export function listOf(value: Value, name: string): unknown[] {
  const held = value[name];
  if (Array.isArray(held)) return held;
  const made: unknown[] = [];
  value[name] = made;
  return made;
}

export function isTaken(parent: Frame, definition: ElementDefinition): boolean {
  const taken = (name: string): boolean => name in parent.value || `_${name}` in parent.value;
  if (definition.choice === undefined) return taken(definition.name);
  return parent.type?.elements.some((other) => other.order === definition.order && taken(other.name)) ?? false;
}
