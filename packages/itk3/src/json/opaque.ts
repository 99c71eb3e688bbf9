// A resource that STU3 does not know, as JSON that says the same: numbers as they were written, without the spaces between.
import { Refusal } from "../issue.ts";
import { recommendedMaxElements } from "../read/limits.ts";
import { sourceOfText } from "../read/source.ts";
import { parseJson } from "./parse.ts";
import type { JsonNode, JsonValues } from "./values.ts";

export function opaqueJson(values: JsonValues, node: JsonNode): string {
  switch (values.kind(node)) {
    case "object":
      return `{${values
        .within(node)
        .map((member) => `${JSON.stringify(values.name(member))}:${opaqueJson(values, member)}`)
        .join(",")}}`;
    case "array":
      return `[${values
        .within(node)
        .map((item) => opaqueJson(values, item))
        .join(",")}]`;
    case "string":
      return JSON.stringify(values.text(node));
    case "null":
      return "null";
    case "number":
    case "boolean":
      return values.text(node);
  }
}

/** Whether it is one object that says it is a resource of that name. */
export function isOpaqueJson(text: string, name: string): boolean {
  try {
    const values = parseJson(sourceOfText(text), recommendedMaxElements);
    const type = values.kind(0) === "object" ? values.member(0, "resourceType") : undefined;
    return type !== undefined && values.kind(type) === "string" && values.text(type) === name;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}
