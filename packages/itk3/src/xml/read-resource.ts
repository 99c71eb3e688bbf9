// One pass over the tokens, led by the element table. A stack of frames mirrors the open elements:
//   complex    a resource, datatype or backbone element: its object is already in its parent's
//   primitive  a value; its id and extensions gather in `value`, and go beside it (`_name`) when it closes
//   holder     `resource`, `contained`, `outcome`: waits for the one resource inside
//   narrative  the xhtml div: elements are checked against the white list, the text is kept as written
//   skip       something unknown, or one too many: reported once, not read
import { type Issue, type IssueCode, Refusal } from "../issue.ts";
import { issueList } from "../read/issue-list.ts";
import { recommendedMaxElements } from "../read/limits.ts";
import { setPosition } from "../read/positions.ts";
import type { ReadResource } from "../read/read-resource.ts";
import { type ElementDefinition, isElementName, resourceDefinition, typeDefinition } from "../stu3/element-table.ts";
import { primitiveFault, toScalar } from "../stu3/primitives.ts";
import type { Resource } from "../stu3/types.ts";
import { watchNarrative, xhtmlNamespace } from "./check-narrative.ts";
import { attach, type Frame, isTaken, listOf, type Value } from "./frame.ts";
import { tokenise, type XmlElement, type XmlHandler } from "./tokenise.ts";

export const fhirNamespace = "http://hl7.org/fhir";
const schemaInstancePrefix = /^(?:xmlns(?::.*)?|[^:]+:(?:schemaLocation|noNamespaceSchemaLocation))$/;

/** Reads one resource from XML. Never throws. */
export function readXmlResource(text: string, maxElements: number = recommendedMaxElements): ReadResource {
  const { issues, add, isFull } = issueList();
  const frames: Frame[] = [];
  let root: Value | undefined;

  // Of an issue that is not listed any more, nobody asks where it is.
  const location = (last?: string): string => (isFull() ? "" : path(last));
  const path = (last?: string): string => {
    const parts = frames.filter((frame) => frame.name !== "").map((frame) => at(frame.name, frame.index));
    return (last === undefined ? parts : [...parts, last]).join(".");
  };
  const report = (severity: Issue["severity"], code: IssueCode, place: string, position: Place, text: string): void => {
    const { line, column } = position;
    add({ severity, code, location: place, line, column, text });
  };
  const refuse = (code: IssueCode, position: Place, reason: string): never => {
    const { line, column } = position;
    throw new Refusal({ severity: "error", code, location: path(), line, column, text: reason });
  };
  const push = (
    kind: Frame["kind"],
    name: string,
    element: XmlElement,
    { definition, index, type, value = {}, narrative, count = 0 }: Partial<Frame> = {},
  ): Frame => {
    const { line, column } = element;
    const frame: Frame = {
      kind,
      name,
      index,
      line,
      column,
      definition,
      type,
      value,
      order: -1,
      written: undefined,
      narrative,
      count,
      complained: false,
    };
    frames.push(frame);
    if (kind === "complex") setPosition(value, line, column);
    return frame;
  };

  const openResource = (element: XmlElement, holder: Frame | undefined): void => {
    const type = element.namespace === fhirNamespace ? resourceDefinition(element.name) : undefined;
    if (holder === undefined && type === undefined) {
      refuse("wrong-root", element, "The root element is not a FHIR resource that Send Document can carry.");
    }
    if (holder !== undefined && holder.count > 0) {
      report("error", "too-many", location(), element, "More than one resource stands where one may.");
      push("skip", "", element);
      return;
    }
    if (holder !== undefined) holder.count = 1;
    if (type === undefined) {
      report(
        "error",
        "unknown-resource",
        location(),
        element,
        "A resource that Send Document does not know was left out.",
      );
      push("skip", "", element);
      return;
    }
    const value: Value = { resourceType: type.name };
    if (holder === undefined) root = value;
    else attach(frames.at(-2), holder.definition, value);
    const frame = push("complex", holder === undefined ? type.name : "", element, { type, value });
    readAttributes(frame, element);
  };

  const openChild = (parent: Frame, element: XmlElement): void => {
    const definition = parent.type?.byName.get(element.name);
    if (definition === undefined || definition.attribute) {
      const known = isElementName(element.name) ? ` ${element.name}` : "";
      report(
        "error",
        "unknown-element",
        location(),
        element,
        `Unknown element${known} in ${parent.type?.name}: it was left out.`,
      );
      push("skip", "", element);
      return;
    }
    const expected = definition.kind === "narrative" ? xhtmlNamespace : fhirNamespace;
    if (element.namespace !== expected) {
      report(
        "error",
        "namespace",
        location(definition.name),
        element,
        "The element is in the wrong namespace: it was left out.",
      );
      push("skip", "", element);
      return;
    }
    const mayBeTaken = definition.order <= parent.order;
    if (definition.order < parent.order) {
      report(
        "warning",
        "wrong-order",
        location(definition.name),
        element,
        `${definition.name} stands after an element that it should stand before.`,
      );
    } else {
      parent.order = definition.order;
    }
    if (mayBeTaken && !definition.repeating && isTaken(parent, definition)) {
      report(
        "error",
        "too-many",
        location(definition.name),
        element,
        `${definition.choice ?? definition.name} may stand once only: the first was kept.`,
      );
      push("skip", "", element);
      return;
    }
    enter(parent, definition, element);
  };

  const enter = (parent: Frame, definition: ElementDefinition, element: XmlElement): void => {
    const held = parent.value[definition.name];
    const index = definition.repeating ? (Array.isArray(held) ? held.length : 0) : undefined;
    switch (definition.kind) {
      case "narrative":
        enterNarrative(definition, element);
        return;
      case "resource":
        push("holder", definition.name, element, { definition, index });
        checkNoAttributes(element);
        return;
      case "primitive": {
        const type = typeDefinition("Element");
        const frame = push("primitive", definition.name, element, { definition, index, type });
        frame.written = element.attributeCount === 0 ? undefined : element.attributes["value"];
        if (element.attributeCount !== (frame.written === undefined ? 0 : 1)) readAttributes(frame, element);
        return;
      }
      case "complex": {
        const frame = push("complex", definition.name, element, {
          definition,
          index,
          type: typeDefinition(definition.type),
        });
        attach(parent, definition, frame.value);
        readAttributes(frame, element);
        return;
      }
    }
  };

  const readAttributes = (frame: Frame, element: XmlElement): void => {
    if (element.attributeCount === 0) return;
    for (const name in element.attributes) {
      if (frame.kind === "primitive" && name === "value") continue;
      const definition = frame.type?.byName.get(name);
      if (definition?.attribute === true) {
        const written = element.attributes[name] ?? "";
        checkValue(definition, written, name, element);
        frame.value[name] = written;
      } else if (!schemaInstancePrefix.test(name)) {
        report("error", "unknown-attribute", location(), element, "An attribute that FHIR does not know was left out.");
      }
    }
  };

  const checkNoAttributes = (element: XmlElement): void => {
    for (const name in element.attributes) {
      if (!schemaInstancePrefix.test(name)) {
        report("error", "unknown-attribute", location(), element, "An attribute that FHIR does not know was left out.");
      }
    }
  };

  const checkValue = (
    definition: ElementDefinition,
    written: string,
    last: string | undefined,
    position: Place,
  ): boolean => {
    const fault = primitiveFault(definition.type, written);
    if (fault !== undefined) {
      report("error", "bad-value", location(last), position, `${definition.name} ${fault}.`);
      return false;
    }
    if (definition.codes !== undefined && !definition.codes.has(written)) {
      report(
        "error",
        "bad-code",
        location(last),
        position,
        `${definition.name} is not one of ${[...definition.codes].join(", ")}.`,
      );
    }
    return true;
  };

  const enterNarrative = (definition: ElementDefinition, element: XmlElement): void => {
    const frame = push("narrative", definition.name, element, { definition, count: element.start });
    frame.narrative = watchNarrative(({ code, text }, found = element) => {
      if (code !== "narrative") refuse(code, found, `${text} The message was refused.`);
      if (!frame.complained) report("error", code, location(), found, `${text} The narrative was left out.`);
      frame.complained = true;
    });
    frame.narrative.open(element);
  };

  const closePrimitive = (frame: Frame, parent: Frame): void => {
    const { definition, written } = frame;
    if (definition === undefined) return;
    const extended = !isEmpty(frame.value);
    let value: unknown = null;
    if (written === undefined) {
      if (!extended)
        report("error", "empty-element", location(), frame, `${definition.name} has neither a value nor an extension.`);
    } else {
      const right = checkValue(definition, written, undefined, frame);
      value = toScalar(definition.type, written, right);
    }
    // Nothing would be written of it.
    if (value === null && !extended) return;
    if (definition.repeating) {
      const list = listOf(parent.value, definition.name);
      list.push(value);
      if (extended) {
        const companions = listOf(parent.value, `_${definition.name}`);
        while (companions.length < list.length - 1) companions.push(null);
        companions.push(frame.value);
      }
    } else {
      if (value !== null) parent.value[definition.name] = value;
      if (extended) parent.value[`_${definition.name}`] = frame.value;
    }
  };

  const closeComplex = (frame: Frame): void => {
    for (const names of frame.type?.required ?? []) {
      if (names.some((name) => name in frame.value || `_${name}` in frame.value)) continue;
      const [first = ""] = names;
      const missing = names.length === 1 ? first : (frame.type?.byName.get(first)?.choice ?? first);
      report("error", "missing-element", location(), frame, `${frame.type?.name} has no ${missing}.`);
    }
    if (isEmpty(frame.value)) {
      report("error", "empty-element", location(), frame, `${frame.definition?.name} is empty.`);
    }
  };

  const closeNarrative = (frame: Frame, parent: Frame, end: number): void => {
    frame.narrative?.end();
    if (!frame.complained) parent.value[frame.name] = text.slice(frame.count, end);
  };

  const readText = (found: string): void => {
    const top = frames.at(-1);
    if (top === undefined || top.kind === "skip" || top.complained || !/[^ \t\r\n]/.test(found)) return;
    top.complained = true;
    report("error", "unexpected-text", location(), top, "Text stands between elements: it was left out.");
  };

  try {
    let inside = 0; // elements open within a narrative or something skipped
    const handler: XmlHandler = {
      open(element) {
        const top = frames.at(-1);
        if (top === undefined) openResource(element, undefined);
        else if (top.kind === "complex" || top.kind === "primitive") openChild(top, element);
        else if (top.kind === "holder") openResource(element, top);
        else {
          inside += 1;
          top.narrative?.open(element);
        }
      },
      text(found) {
        const narrative = frames.at(-1)?.narrative;
        if (narrative === undefined) readText(found);
        else narrative.text(found);
      },
      cdata(found) {
        const narrative = frames.at(-1)?.narrative;
        if (narrative === undefined) readText(found);
        else narrative.cdata(found);
      },
      comment(found) {
        frames.at(-1)?.narrative?.comment(found);
      },
      close(end) {
        if (inside > 0) {
          inside -= 1;
          return;
        }
        const frame = frames.at(-1);
        const parent = frames.at(-2);
        if (frame === undefined) return;
        if (frame.kind === "complex") closeComplex(frame);
        else if (frame.kind === "primitive" && parent !== undefined) closePrimitive(frame, parent);
        else if (frame.kind === "narrative" && parent !== undefined) closeNarrative(frame, parent, end);
        else if (frame.kind === "holder" && frame.count === 0) {
          report("error", "empty-element", location(), frame, `${frame.name} holds no resource.`);
        }
        frames.pop();
      },
    };
    tokenise(text, handler, { maxElements });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { resource: root as Resource | undefined, issues, refused: error.issue };
  }
  return { resource: root as Resource | undefined, issues, refused: undefined };
}

interface Place {
  line: number;
  column: number;
}

function at(name: string, index: number | undefined): string {
  return index === undefined ? name : `${name}[${index}]`;
}

function isEmpty(value: Value): boolean {
  for (const _ in value) return false;
  return true;
}
