// What is open while a resource is read, one frame an element:
//   complex    a resource, datatype or backbone element: its object is already in its parent's
//   primitive  a value that has extensions: they gather in `value`, and go beside it (`_name`) when it closes
//   holder     `resource`, `contained`, `outcome`: waits for the one resource inside
//   narrative  the xhtml div: elements are checked against the white list, the text is kept as written
//   opaque     a resource that STU3 does not know: kept as written, and not read but for its id
//   skip       something unknown, or one too many: reported once, not read
// A primitive that holds nothing, as nearly all do, is read as it opens and has no frame.
import { isHeld } from "../read/faults.ts";
import { type Position, setPosition } from "../read/positions.ts";
import type { ElementDefinition, TypeDefinition } from "../stu3/element-table.ts";
import type { NarrativeWatch } from "./check-narrative.ts";

export type Value = Record<string, unknown>;

export class Frame implements Position {
  readonly kind: "complex" | "primitive" | "holder" | "narrative" | "opaque" | "skip";
  /** Its part of the location: "" for a resource, whose holder has named it. */
  readonly name: string;
  readonly index: number | undefined;
  readonly line: number;
  readonly column: number;
  readonly definition: ElementDefinition | undefined;
  readonly type: TypeDefinition | undefined;
  readonly value: Value;
  /** Schema order of the last child, to notice one out of order. */
  order = -1;
  /** Of the elements that the type requires, how many came. */
  required = 0;
  /** A primitive's value, or an opaque resource's id, as written. */
  written: string | undefined = undefined;
  narrative: NarrativeWatch | undefined = undefined;
  /** What stood in it and was left out, each with its complaint. */
  leftOut: Set<string> | undefined = undefined;
  /** Narrative and opaque: offset of its `<`. Holder: 1 once its resource came. */
  count = 0;
  complained = false;

  constructor(
    kind: Frame["kind"],
    name: string,
    { line, column }: Position,
    definition?: ElementDefinition,
    index?: number,
    type?: TypeDefinition,
    value: Value = {},
  ) {
    this.kind = kind;
    this.name = name;
    this.line = line;
    this.column = column;
    this.definition = definition;
    this.index = index;
    this.type = type;
    this.value = value;
    if (kind === "complex") setPosition(value, line, column);
  }

  /** Puts a value, or an object that is one, in its place; of a choice or a list, beside what stands there. */
  hold(definition: ElementDefinition, value: unknown): void {
    const { name, repeating, required } = definition;
    if (repeating) {
      const held = this.value[name];
      if (Array.isArray(held)) {
        held.push(value);
        return;
      }
      if (required) this.required += 1;
      // Most lists are of one: an array that begins with it has no room for more, where one that is pushed to has for 17.
      this.value[name] = [value];
    } else {
      if (required) this.required += 1;
      this.value[name] = value;
    }
  }

  leaveOut(name: string): void {
    this.leftOut ??= new Set();
    this.leftOut.add(name);
  }

  /** How many of a repeating element it holds already. */
  countOf({ name }: ElementDefinition): number {
    const held = this.value[name];
    return Array.isArray(held) ? held.length : 0;
  }

  isTaken(definition: ElementDefinition): boolean {
    if (definition.choice === undefined) return isHeld(this.value, definition.name);
    const { elements = [] } = this.type ?? {};
    return elements.some(({ order, name }) => order === definition.order && isHeld(this.value, name));
  }
}

export function listOf(value: Value, name: string): unknown[] {
  const held = value[name];
  if (Array.isArray(held)) return held;
  const made: unknown[] = [];
  value[name] = made;
  return made;
}

/** `name[0]`; `name` where it does not repeat. */
export function partOf(name: string, index: number | undefined): string {
  return index === undefined ? name : `${name}[${index}]`;
}
