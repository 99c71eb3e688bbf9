// FHIR JSON into the same resources that FHIR XML gives, led by the same element table.
import { type Issue, type IssueCode, Refusal } from "../issue.ts";
import { issueList } from "../read/issue-list.ts";
import { setPosition } from "../read/positions.ts";
import type { ReadResource } from "../read/read-resource.ts";
import {
  type ElementDefinition,
  isElementName,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { isWholeNumber, primitiveFault, toScalar } from "../stu3/primitives.ts";
import type { Resource } from "../stu3/types.ts";
import { isXmlText } from "../xml/characters.ts";
import { checkNarrative } from "../xml/check-narrative.ts";
import { type JsonNode, parseJson } from "./parse.ts";

type Value = Record<string, unknown>;
type ObjectNode = Extract<JsonNode, { kind: "object" }>;

/** Reads one resource from JSON. Never throws. */
export function readJsonResource(text: string): ReadResource {
  const { issues, add } = issueList();

  const report = (code: IssueCode, location: string, node: JsonNode, reason: string): void => {
    add({ severity: "error", code, location, line: node.line, column: node.column, text: reason });
  };
  const refuse = (code: IssueCode, location: string, node: JsonNode, reason: string): never => {
    throw new Refusal({ severity: "error", code, location, line: node.line, column: node.column, text: reason });
  };

  const readResource = (node: JsonNode, location: string): Value | undefined => {
    const name = node.kind === "object" ? node.members.get("resourceType") : undefined;
    const type = name?.kind === "string" ? resourceDefinition(name.value) : undefined;
    if (node.kind !== "object" || type === undefined) {
      report("unknown-resource", location, node, "A resource that Send Document does not know was left out.");
      return undefined;
    }
    const value: Value = { resourceType: type.name };
    readMembers(node, type, value, location);
    return value;
  };

  const readMembers = (node: ObjectNode, type: TypeDefinition, value: Value, location: string): void => {
    setPosition(value, { line: node.line, column: node.column });
    const taken = new Map<string, string>();
    for (const [member, held] of node.members) {
      if (member === "resourceType" && type.kind === "resource") continue;
      const name = member.startsWith("_") ? member.slice(1) : member;
      const definition = type.byName.get(name);
      if (definition === undefined || (name !== member && (definition.kind !== "primitive" || definition.attribute))) {
        const known = isElementName(name) ? ` ${name}` : "";
        report("unknown-element", location, held, `Unknown element${known} in ${type.name}: it was left out.`);
        continue;
      }
      if (definition.choice !== undefined) {
        const other = taken.get(definition.choice);
        taken.set(definition.choice, other ?? name);
        if (other !== undefined && other !== name) {
          report(
            "too-many",
            `${location}.${name}`,
            held,
            `${definition.choice} may stand once only: the first was kept.`,
          );
          continue;
        }
      }
      const place = `${location}.${name}`;
      const read = name === member ? readElement(definition, held, place) : readCompanions(definition, held, place);
      if (read !== undefined) value[member] = read;
    }
    reportHollow(node, type, value, location);
    if (Object.keys(value).length === 0) report("empty-element", location, node, "The element is empty.");
    for (const names of type.required) {
      if (names.some((name) => name in value || `_${name}` in value)) continue;
      const [first = ""] = names;
      const missing = names.length === 1 ? first : (type.byName.get(first)?.choice ?? first);
      report("missing-element", location, node, `${type.name} has no ${missing}.`);
    }
  };

  // A null holds a place for what stands beside it: alone it says nothing (hl7.org/fhir/STU3/json.html).
  const reportHollow = (node: ObjectNode, type: TypeDefinition, value: Value, location: string): void => {
    for (const [member, held] of node.members) {
      if (held.kind !== "array" || type.byName.get(member)?.kind !== "primitive") continue;
      const beside = value[`_${member}`];
      held.items.forEach((item, index) => {
        if (item.kind !== "null" || (Array.isArray(beside) && (beside[index] ?? null) !== null)) return;
        report("empty-element", `${location}.${member}[${index}]`, item, "A null has no extension beside it.");
      });
    }
  };

  const readElement = (definition: ElementDefinition, node: JsonNode, location: string): unknown => {
    if (!definition.repeating) return readOne(definition, node, location) ?? undefined;
    const items = listOf(definition, node, location);
    const read = items.map((item, index) => {
      if (item.kind === "null" && definition.kind === "primitive") return null;
      return readOne(definition, item, `${location}[${index}]`);
    });
    const kept =
      definition.kind === "primitive" ? read.map((item) => item ?? null) : read.filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  };

  // Ids and extensions of primitives stand beside them: `_name`.
  const readCompanions = (definition: ElementDefinition, node: JsonNode, location: string): unknown => {
    const one = (item: JsonNode, place: string): unknown =>
      item.kind === "null" ? null : (readComplex(typeDefinition("Element"), item, place) ?? null);
    if (!definition.repeating) return one(node, location) ?? undefined;
    const read = listOf(definition, node, location).map((item, index) => one(item, `${location}[${index}]`));
    while (read.at(-1) === null) read.pop();
    return read.length === 0 ? undefined : read;
  };

  const listOf = (definition: ElementDefinition, node: JsonNode, location: string): readonly JsonNode[] => {
    if (node.kind === "array") {
      if (node.items.length === 0) report("empty-element", location, node, `${definition.name} is an empty array.`);
      return node.items;
    }
    report("bad-value", location, node, `${definition.name} may repeat: it must be an array.`);
    return [node];
  };

  const readOne = (definition: ElementDefinition, node: JsonNode, location: string): unknown => {
    switch (definition.kind) {
      case "resource":
        return readResource(node, location);
      case "complex":
        return readComplex(typeDefinition(definition.type), node, location);
      case "narrative":
        return readNarrative(node, location);
      case "primitive":
        return readPrimitive(definition, node, location);
    }
  };

  const readComplex = (type: TypeDefinition | undefined, node: JsonNode, location: string): Value | undefined => {
    if (node.kind !== "object" || type === undefined) {
      report("bad-value", location, node, "An object must stand here.");
      return undefined;
    }
    const value: Value = {};
    readMembers(node, type, value, location);
    return value;
  };

  const readNarrative = (node: JsonNode, location: string): string | undefined => {
    if (node.kind !== "string") {
      report("bad-value", location, node, "A narrative must be text.");
      return undefined;
    }
    const fault = checkNarrative(node.value);
    if (fault === undefined) return node.value;
    if (fault.code !== "narrative") refuse(fault.code, location, node, `${fault.text} The message was refused.`);
    report("narrative", location, node, `${fault.text} The narrative was left out.`);
    return undefined;
  };

  const readPrimitive = (definition: ElementDefinition, node: JsonNode, location: string): unknown => {
    const { name, type, codes } = definition;
    const written = writtenAs(type, node);
    if (written === undefined) {
      report("bad-value", location, node, `${name} is of the wrong JSON type.`);
      return undefined;
    }
    if (!isXmlText(written)) {
      report("bad-value", location, node, `${name} holds a character that FHIR does not allow: it was left out.`);
      return undefined;
    }
    const fault = primitiveFault(type, written);
    if (fault !== undefined) report("bad-value", location, node, `${name} ${fault}.`);
    else if (codes !== undefined && !codes.has(written)) {
      report("bad-code", location, node, `${name} is not one of ${[...codes].join(", ")}.`);
    }
    return toScalar(type, written, fault === undefined) ?? undefined;
  };

  try {
    const node = parseJson(text);
    const name = node.kind === "object" ? node.members.get("resourceType") : undefined;
    if (name?.kind !== "string" || resourceDefinition(name.value) === undefined) {
      refuse("wrong-root", "", node, "The root is not a FHIR resource that Send Document can carry.");
    }
    const root = name?.kind === "string" ? name.value : "";
    return { resource: readResource(node, root) as Resource | undefined, issues, refused: undefined };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const refused: Issue = error.issue;
    return { resource: undefined, issues, refused };
  }
}

// As XML would have it; undefined where JSON has another type for it.
function writtenAs(type: string, node: JsonNode): string | undefined {
  if (type === "boolean") return node.kind === "boolean" ? String(node.value) : undefined;
  if (type === "decimal" || isWholeNumber(type)) return node.kind === "number" ? node.source : undefined;
  return node.kind === "string" ? node.value : undefined;
}
