// Makes of HL7's definitions what the table and the types are written from.
import { readStructures, readValueSets, type Structure, type StructureElement } from "./definitions.ts";
import { primitives } from "./resources.ts";

export interface ElementDescription {
  name: string;
  types: string[];
  required: boolean;
  repeating: boolean;
  codes: readonly string[];
  /** What a Reference may lead to; empty where that is any resource. */
  targets: readonly string[];
  summary: string;
}

export interface TypeDescription {
  /** `Patient`, `HumanName`, or the path of a backbone element such as `Patient.contact`. */
  name: string;
  /** Name of the TypeScript interface: `PatientContact`. */
  interfaceName: string;
  base: string | undefined;
  kind: "resource" | "datatype";
  summary: string;
  elements: ElementDescription[];
}

/** Every type of STU3 but the primitives: datatypes first, resources last. */
export function describe(): TypeDescription[] {
  const codesOf = readValueSets();
  const order = (type: TypeDescription): string => `${type.kind === "resource" ? 1 : 0} ${type.name}`;
  return readStructures()
    .filter(({ name }) => !primitives.has(name))
    .flatMap((structure) => typesOf(structure, codesOf))
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
}

// The type itself and one for each element that has elements of its own, named by its path.
function typesOf(
  { name, base, kind, elements }: Structure,
  codesOf: (url: string) => readonly string[],
): TypeDescription[] {
  const children = Map.groupBy(elements, ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("."))));
  return elements
    .filter(({ path }) => path === name || children.has(path))
    .map((element) => ({
      name: element.path,
      interfaceName: element.path.split(".").map(capitalised).join(""),
      base: element.path === name ? base : element.types[0],
      kind: kind === "resource" && element.path === name ? ("resource" as const) : ("datatype" as const),
      summary: element.summary,
      elements: (children.get(element.path) ?? []).map((child) =>
        describeElement(child, children.has(child.path), codesOf),
      ),
    }));
}

function describeElement(
  element: StructureElement,
  hasChildren: boolean,
  codesOf: (url: string) => readonly string[],
): ElementDescription {
  const { path, required, repeating, summary, targets } = element;
  const types = hasChildren ? [path] : element.sameAs === undefined ? element.types : [element.sameAs];
  const listed = types.join() === "code" && element.boundTo !== undefined;
  return {
    name: path.slice(path.lastIndexOf(".") + 1),
    types,
    required,
    repeating,
    codes: listed ? codesOf(element.boundTo ?? "") : [],
    targets,
    summary,
  };
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
