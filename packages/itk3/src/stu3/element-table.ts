import { elementTable } from "./table.ts";

/** One element of a type, by the name it has in a message: a choice `value[x]` is one entry a type (`valueString`, ...). */
export interface ElementDefinition {
  name: string;
  /** Name of the type, such as `HumanName`, `Patient.contact`, `code` or `Resource` (any resource). */
  type: string;
  kind: "primitive" | "complex" | "resource" | "narrative";
  required: boolean;
  repeating: boolean;
  /** Place among its siblings in schema order. Elements of one choice share it. */
  order: number;
  /** `value` for `valueString`; undefined where the element is no choice. */
  choice: string | undefined;
  /** Written as an XML attribute: `Element.id` and `Extension.url`. */
  attribute: boolean;
  codes: ReadonlySet<string> | undefined;
  /** The types of resource that a Reference may lead to; undefined where that is any, and for what is no Reference. */
  targets: ReadonlySet<string> | undefined;
}

export interface TypeDefinition {
  name: string;
  kind: "resource" | "datatype";
  /** In schema order, inherited elements first. */
  elements: readonly ElementDefinition[];
  byName: ReadonlyMap<string, ElementDefinition>;
  /** What must be there: one array an element, holding its name, or its names where it is a choice. */
  required: readonly (readonly string[])[];
}

interface Row {
  kind: "resource" | "datatype";
  base: string | undefined;
  lines: string[];
}

const rows = readRows();
const definitions = new Map<string, TypeDefinition>();

/** Undefined for a type that STU3 does not have, and for primitives. */
export function typeDefinition(name: string): TypeDefinition | undefined {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const row = rows.get(name);
  if (row === undefined) return undefined;
  const made = define(name, row);
  definitions.set(name, made);
  return made;
}

/** Undefined where `name` is not a resource that can stand in a message. */
export function resourceDefinition(name: string): TypeDefinition | undefined {
  if (name === "Resource" || name === "DomainResource" || rows.get(name)?.kind !== "resource") return undefined;
  return typeDefinition(name);
}

const lines = new Map<string, readonly string[]>();

/** The type itself and those it is derived from, nearest first: of `Age` also `Quantity` and `Element`. */
export function lineOf(name: string): readonly string[] {
  const known = lines.get(name);
  if (known !== undefined) return known;
  const base = rows.get(name)?.base;
  const line = [name, ...(base === undefined ? [] : lineOf(base))];
  lines.set(name, line);
  return line;
}

const everyName = new Set<string>();

/** True for a name that some type has an element of: only such names are repeated in texts for people. */
export function isElementName(name: string): boolean {
  if (everyName.size === 0) {
    for (const type of rows.keys())
      for (const element of typeDefinition(type)?.elements ?? []) everyName.add(element.name);
  }
  return everyName.has(name);
}

function define(name: string, row: Row): TypeDefinition {
  const inherited = row.base === undefined ? [] : (typeDefinition(row.base)?.elements ?? []);
  const elements = [...inherited];
  let order = elements.at(-1)?.order ?? -1;
  for (const line of row.lines) {
    order += 1;
    const [title = "", types = "", cardinality = "", list] = line.split(" ");
    const allowed = list === undefined ? undefined : new Set(list.split("|"));
    const choice = title.endsWith("[x]") ? title.slice(0, -3) : undefined;
    for (const type of types.split("|")) {
      const own = choice === undefined ? title : `${choice}${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
      elements.push({
        name: own,
        type,
        kind: kindOf(type),
        required: cardinality.startsWith("1"),
        repeating: cardinality.endsWith("*"),
        order,
        choice,
        attribute: (name === "Element" && own === "id") || (name === "Extension" && own === "url"),
        codes: type === "code" ? allowed : undefined,
        targets: type === "Reference" ? allowed : undefined,
      });
    }
  }
  return {
    name,
    kind: row.kind,
    elements,
    byName: new Map(elements.map((element) => [element.name, element])),
    required: requiredOf(elements),
  };
}

function requiredOf(elements: readonly ElementDefinition[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const element of elements) {
    if (!element.required) continue;
    groups.set(element.order, [...(groups.get(element.order) ?? []), element.name]);
  }
  return [...groups.values()];
}

function kindOf(type: string): ElementDefinition["kind"] {
  if (type === "Resource") return "resource";
  if (type === "xhtml") return "narrative";
  return rows.has(type) ? "complex" : "primitive";
}

function readRows(): Map<string, Row> {
  const read = new Map<string, Row>();
  let current: Row | undefined;
  for (const line of elementTable.split("\n")) {
    if (line.startsWith("  ")) {
      current?.lines.push(line.trim());
    } else if (line !== "") {
      const [kind, name = "", , base] = line.split(" ");
      current = { kind: kind === "resource" ? "resource" : "datatype", base, lines: [] };
      read.set(name, current);
    }
  }
  return read;
}
