import { Itk3Error } from "../errors.ts";
import type { TypeDefinition } from "./element-table.ts";

/**
 * What a writer does not know it must not leave out in silence.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseUnknown(type: TypeDefinition, value: Readonly<Record<string, unknown>>): void {
  for (const key in value) {
    if (value[key] === undefined || key === "resourceType") continue;
    const definition = type.byName.get(key.startsWith("_") ? key.slice(1) : key);
    if (definition === undefined || (key.startsWith("_") && definition.kind !== "primitive")) {
      throw new Itk3Error("input-invalid", `${type.name} holds an element that STU3 does not know.`);
    }
  }
}
