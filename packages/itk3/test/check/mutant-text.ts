// The text of a message that no writer of ours would write: with an element twice that may stand once, say.
import { type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";

type Value = Readonly<Record<string, unknown>>;

/** Writes a Bundle as XML. What it wrote of an object it remembers: of a mutant, most was written before. */
export function xmlWriter(): (bundle: object) => string {
  const known = new WeakMap<object, string>();

  const elementsOf = (value: Value, type: TypeDefinition): string => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const made = type.elements
      .filter(({ attribute }) => !attribute)
      .map((definition) => {
        const { name, kind } = definition;
        const held = value[name];
        const items = (Array.isArray(held) ? held : held === undefined ? [] : [held]) as unknown[];
        return items
          .map((item) => {
            if (kind === "narrative") return String(item);
            if (kind === "primitive") return `<${name} value="${escaped(item)}"/>`;
            if (kind === "resource") return `<${name}>${resourceText(item as Value)}</${name}>`;
            const inner = typeDefinition(definition.type);
            return inner === undefined ? "" : elementText(name, item as Value, inner);
          })
          .join("");
      })
      .join("");
    known.set(value, made);
    return made;
  };
  const elementText = (name: string, value: Value, type: TypeDefinition): string => {
    const attributes = type.elements
      .filter((element) => element.attribute && value[element.name] !== undefined)
      .map((element) => ` ${element.name}="${escaped(value[element.name])}"`)
      .join("");
    return `<${name}${attributes}>${elementsOf(value, type)}</${name}>`;
  };
  const resourceText = (value: Value): string => {
    const name = String(value.resourceType);
    const type = typeDefinition(name);
    return type === undefined ? "" : `<${name} xmlns="http://hl7.org/fhir">${elementsOf(value, type)}</${name}>`;
  };
  return (bundle) => resourceText(bundle as Value);
}

function escaped(value: unknown): string {
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
