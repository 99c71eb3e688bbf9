// FHIR JSON into the same resources that FHIR XML gives, led by the same element table.
import { type IssueCode, Refusal } from "../issue.ts";
import { type Amiss, amissIn, missingFrom, opaqueId, opaqueIssue, passedOver } from "../read/faults.ts";
import { issueList } from "../read/issue-list.ts";
import { recommendedMaxElements } from "../read/limits.ts";
import type { Places } from "../read/places.ts";
import { type Position, setPosition } from "../read/positions.ts";
import type { ReadResource } from "../read/read-resource.ts";
import { type Source, sourceOfText } from "../read/source.ts";
import {
  type ElementDefinition,
  isElementName,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { mayBeTypeName } from "../stu3/opaque.ts";
import { isWholeNumber, toScalar } from "../stu3/primitives.ts";
import type { Resource } from "../stu3/types.ts";
import { isXmlText } from "../xml/characters.ts";
import { isKept, readNarrative as readDiv } from "../xml/check-narrative.ts";
import { maxDepth } from "../xml/tokenise.ts";
import { opaqueJson } from "./opaque.ts";
import { parseJson } from "./parse.ts";
import type { JsonKind, JsonNode, JsonValues } from "./values.ts";
import { isModifierName } from "../read/modifier-names.ts";

type Value = Record<string, unknown>;

const whole: JsonNode = 0;

/** Reads one resource from JSON. Never throws. */
export function readJsonResource(
  from: Source | string,
  maxValues: number = recommendedMaxElements,
  places?: Places,
): ReadResource {
  try {
    return readValues(parseJson(typeof from === "string" ? sourceOfText(from) : from, maxValues), places);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { resource: undefined, issues: [], refused: error.issue };
  }
}

/** The first of the values is the resource. */
function readValues(values: JsonValues, places: Places | undefined): ReadResource {
  const { issues, add } = issueList();

  const report = (code: IssueCode, location: string, node: JsonNode, reason: string): void => {
    add({ severity: "error", code, location, line: values.line(node), column: values.column(node), text: reason });
  };
  const warn = (code: IssueCode, location: string, node: JsonNode, reason: string): void => {
    add({ severity: "warning", code, location, line: values.line(node), column: values.column(node), text: reason });
  };
  const refuse = (code: IssueCode, location: string, node: JsonNode, reason: string): never => {
    throw new Refusal({
      severity: "error",
      code,
      location,
      line: values.line(node),
      column: values.column(node),
      text: reason,
    });
  };

  const tell = (said: Amiss["said"] | undefined, location: string, node: JsonNode): void => {
    for (const one of said ?? []) add({ ...one, location, line: values.line(node), column: values.column(node) });
  };

  const placeOf = (node: JsonNode): Position => ({ line: values.line(node), column: values.column(node) });

  const typeOf = (node: JsonNode): TypeDefinition | undefined => {
    const name = values.kind(node) === "object" ? values.member(node, "resourceType") : undefined;
    return name !== undefined && values.kind(name) === "string" ? resourceDefinition(values.text(name)) : undefined;
  };

  const readOpaque = (node: JsonNode, location: string, keep: (value: Value) => void): void => {
    const textOf = (name: string): string | undefined => {
      const held = values.kind(node) === "object" ? values.member(node, name) : undefined;
      return held !== undefined && values.kind(held) === "string" ? values.text(held) : undefined;
    };
    const typeName = textOf("resourceType");
    const { code, kept, lost } = opaqueIssue;
    if (typeName === undefined || !mayBeTypeName(typeName)) return report(code, location, node, lost);
    warn(code, location, node, kept);
    const written = textOf("id");
    const amiss = written === undefined ? undefined : amissIn(opaqueId, written);
    const isKnown = written !== undefined && amiss?.right !== false;
    const known = isKnown ? { id: amiss?.value ?? written } : {};
    if (isKnown) tell(amiss?.said, location, node);
    const value = { resourceType: "unknown", typeName, ...known, format: "json", source: opaqueJson(values, node) };
    setPosition(value, values.line(node), values.column(node));
    keep(value);
  };

  const readResource = (node: JsonNode, location: string, depth: number, keep: (value: Value) => void): void => {
    const type = typeOf(node);
    if (type === undefined) {
      readOpaque(node, location, keep);
      return;
    }
    const value: Value = { resourceType: type.name };
    keep(value);
    readMembers(node, type, value, location, depth);
  };

  const readMembers = (node: JsonNode, type: TypeDefinition, value: Value, location: string, depth: number): void => {
    setPosition(value, values.line(node), values.column(node));
    if (depth > maxDepth) refuse("too-deep", location, node, `Elements are nested more than ${maxDepth} deep.`);
    let taken: Map<string, string> | undefined;
    const end = values.next(node);
    for (let held = values.first(node); held < end; held = values.next(held)) {
      const member = values.name(held);
      if (member === "resourceType" && type.kind === "resource") continue;
      const name = member.startsWith("_") ? member.slice(1) : member;
      const definition = type.byName.get(name);
      if (definition === undefined || (name !== member && (definition.kind !== "primitive" || definition.attribute))) {
        const known = isElementName(name) ? ` ${name}` : "";
        const place = isModifierName(name) ? `${location}.${name}` : location;
        report("unknown-element", place, held, `Unknown element${known} in ${type.name}: it was left out.`);
        continue;
      }
      if (definition.choice !== undefined) {
        taken ??= new Map();
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
      const inner = definition.attribute ? depth : depth + 1;
      if (inner > maxDepth) refuse("too-deep", place, held, `Elements are nested more than ${maxDepth} deep.`);
      // A list of values has no place of its own in XML: it is its first value's.
      if (name === member)
        places?.note(
          placeOf(node),
          name,
          placeOf(values.size(held) > 0 && values.kind(held) === "array" ? values.first(held) : held),
        );
      if (name !== member) readCompanions(definition, held, place, inner, value);
      else if (definition.kind === "primitive") readPrimitives(definition, held, place, value);
      else readElement(definition, held, place, inner, value);
    }
    reportHollow(node, type, value, location);
    // Of a resource the id is an element; what stands beside a value may have an id alone.
    const isBeside = type.name === "Element";
    if (values.size(node) === 0 || (type.kind !== "resource" && !isBeside && holdsIdAlone(node)))
      report("empty-element", location, node, "The element is empty.");
    const stands = (name: string): boolean =>
      values.member(node, name) !== undefined || values.member(node, `_${name}`) !== undefined;
    for (const missing of missingFrom(type, value, stands)) {
      report("missing-element", `${location}.${missing.name}`, node, missing.text);
    }
  };

  // A null holds a place for what stands beside it: alone it says nothing, and a list of such is left out (hl7.org/fhir/STU3/json.html).
  const reportHollow = (node: JsonNode, type: TypeDefinition, value: Value, location: string): void => {
    const end = values.next(node);
    for (let held = values.first(node); held < end; held = values.next(held)) {
      const member = values.name(held);
      if (type.byName.get(member)?.kind === "primitive" && values.kind(held) === "array") {
        const beside = value[`_${member}`];
        values.within(held).forEach((item, index) => {
          if (values.kind(item) !== "null" || (Array.isArray(beside) && (beside[index] ?? null) !== null)) return;
          report("empty-element", `${location}.${member}[${index}]`, item, "A null has no extension beside it.");
        });
        // Nothing would be written of it.
        const read = value[member];
        if (beside === undefined && Array.isArray(read) && read.every((one) => one === null)) delete value[member];
      } else if (member.startsWith("_") && type.byName.get(member.slice(1))?.kind === "primitive") {
        reportHollowCompanions(held, values.member(node, member.slice(1)), `${location}.${member.slice(1)}`);
      }
    }
  };

  const reportHollowCompanions = (held: JsonNode, beside: JsonNode | undefined, location: string): void => {
    const items = values.kind(held) === "array" ? values.within(held) : [held];
    if (items.length > 0 && items.every((item) => values.kind(item) === "null")) {
      report("empty-element", location, held, "A null says nothing beside a value.");
      return;
    }
    const valuesBeside = beside === undefined ? [] : values.kind(beside) === "array" ? values.within(beside) : [beside];
    items.forEach((item, index) => {
      const place = values.kind(held) === "array" ? `${location}[${index}]` : location;
      const value = valuesBeside[index];
      if (values.kind(item) === "null") {
        if (value === undefined) report("empty-element", place, item, "A null has no value beside it.");
      } else if (holdsIdAlone(item) && (value === undefined || values.kind(value) === "null")) {
        report("empty-element", place, item, "An id has neither a value nor an extension beside it.");
      }
    });
  };

  /** An id says nothing: an element has a value, an extension or elements of its own (FHIR ele-1). */
  const holdsIdAlone = (node: JsonNode): boolean =>
    values.kind(node) === "object" && values.size(node) === 1 && values.member(node, "id") !== undefined;

  // What is kept is in its parent before it is read: of a message that is refused in its midst, what came before stays.
  const readElement = (
    definition: ElementDefinition,
    node: JsonNode,
    location: string,
    depth: number,
    parent: Value,
  ): void => {
    const { name } = definition;
    if (!definition.repeating) {
      readOne(definition, node, location, depth, (value) => {
        parent[name] = value;
      });
      return;
    }
    // Most lists are of one: an array that begins with it has no room for more, where one that is pushed to has for 17.
    let kept: unknown[] | undefined;
    listOf(definition, node, location).forEach((item, index) => {
      readOne(definition, item, `${location}[${index}]`, depth, (value) => {
        if (kept === undefined) parent[name] = kept = [value];
        else kept.push(value);
      });
    });
  };

  const readPrimitives = (definition: ElementDefinition, node: JsonNode, location: string, parent: Value): void => {
    if (!definition.repeating) {
      const value = readPrimitive(definition, node, location);
      if (value !== undefined) parent[definition.name] = value;
      return;
    }
    const read = listOf(definition, node, location).map((item, index) =>
      values.kind(item) === "null" ? null : (readPrimitive(definition, item, `${location}[${index}]`) ?? null),
    );
    if (read.length > 0) parent[definition.name] = read;
  };

  // Ids and extensions of primitives stand beside them: `_name`.
  const readCompanions = (
    definition: ElementDefinition,
    node: JsonNode,
    location: string,
    depth: number,
    parent: Value,
  ): void => {
    const one = (item: JsonNode, place: string): Value | null => {
      let read: Value | null = null;
      if (values.kind(item) !== "null") readComplex("Element", item, place, depth, (value) => (read = value));
      return read;
    };
    const member = `_${definition.name}`;
    if (!definition.repeating) {
      const read = one(node, location);
      if (read !== null) parent[member] = read;
      return;
    }
    const read = listOf(definition, node, location).map((item, index) => one(item, `${location}[${index}]`));
    while (read.at(-1) === null) read.pop();
    if (read.length > 0) parent[member] = read;
  };

  const listOf = (definition: ElementDefinition, node: JsonNode, location: string): readonly JsonNode[] => {
    if (values.kind(node) === "array") {
      if (values.size(node) === 0) report("empty-element", location, node, `${definition.name} is an empty array.`);
      return values.within(node);
    }
    report("bad-value", location, node, `${definition.name} may repeat: it must be an array.`);
    return [node];
  };

  const readOne = (
    definition: ElementDefinition,
    node: JsonNode,
    location: string,
    depth: number,
    keep: (value: unknown) => void,
  ): void => {
    if (definition.kind === "resource") readResource(node, location, depth + 1, keep);
    else if (definition.kind === "narrative") readNarrative(node, location, depth, keep);
    else readComplex(definition.type, node, location, depth, keep);
  };

  const readComplex = (
    typeName: string,
    node: JsonNode,
    location: string,
    depth: number,
    keep: (value: Value) => void,
  ): void => {
    const type = typeDefinition(typeName);
    if (values.kind(node) !== "object" || type === undefined) {
      report("bad-value", location, node, "An object must stand here.");
      return;
    }
    const value: Value = {};
    keep(value);
    readMembers(node, type, value, location, depth);
  };

  const readNarrative = (node: JsonNode, location: string, depth: number, keep: (value: string) => void): void => {
    if (values.kind(node) !== "string") {
      report("bad-value", location, node, "A narrative must be text.");
      return;
    }
    const { fault, text, hasInstruction } = readDiv(values.text(node), depth - 1);
    if (hasInstruction && (fault === undefined || isKept(fault.code))) tell([passedOver], location, node);
    if (fault === undefined) keep(text);
    else if (isKept(fault.code)) {
      (fault.code === "narrative-picture" ? warn : report)(fault.code, location, node, fault.text);
      keep(text);
    } else if (fault.code === "narrative")
      report(fault.code, location, node, `${fault.text} The narrative was left out.`);
    else refuse(fault.code, location, node, `${fault.text} The message was refused.`);
  };

  const readPrimitive = (definition: ElementDefinition, node: JsonNode, location: string): unknown => {
    const { name, type } = definition;
    if (values.kind(node) !== kindOf(type)) {
      report("bad-value", location, node, `${name} is of the wrong JSON type.`);
      return undefined;
    }
    const written = values.text(node);
    if (!isXmlText(written)) {
      report("bad-value", location, node, `${name} holds a character that FHIR does not allow: it was left out.`);
      return undefined;
    }
    const amiss = amissIn(definition, written);
    tell(amiss?.said, location, node);
    return toScalar(type, amiss?.value ?? written, amiss?.right ?? true) ?? undefined;
  };

  let root: Value | undefined;
  try {
    if (typeOf(whole) === undefined) {
      refuse("wrong-root", "", whole, "The root is no resource of FHIR STU3.");
    }
    readResource(whole, typeOf(whole)?.name ?? "", 1, (value) => (root = value));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { resource: root as Resource | undefined, issues, refused: error.issue };
  }
  return { resource: root as Resource | undefined, issues, refused: undefined };
}

/** What a primitive of a type is in JSON. */
function kindOf(type: string): JsonKind {
  if (type === "boolean") return "boolean";
  return type === "decimal" || isWholeNumber(type) ? "number" : "string";
}
