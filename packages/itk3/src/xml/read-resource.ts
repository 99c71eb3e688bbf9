// One pass over the tokens, led by the element table. A stack of frames mirrors the open elements: frame.ts says what
// kinds there are.
import { Refusal } from "../issue.ts";
import { amissIn, missingFrom, opaqueId, opaqueIssue, passedOver } from "../read/faults.ts";
import { recommendedMaxElements } from "../read/limits.ts";
import type { Places } from "../read/places.ts";
import type { ReadResource } from "../read/read-resource.ts";
import { type Position, setPosition } from "../read/positions.ts";
import { type Source, sourceOfText } from "../read/source.ts";
import {
  type ElementDefinition,
  isElementName,
  resourceDefinition,
  type TypeDefinition,
  typeDefinition,
} from "../stu3/element-table.ts";
import { mayBeTypeName } from "../stu3/opaque.ts";
import type { Resource } from "../stu3/types.ts";
import { isKept, watchNarrative, xhtmlNamespace } from "./check-narrative.ts";
import { Complaints } from "./complaints.ts";
import { Frame, partOf, type Value } from "./frame.ts";
import { fhirNamespace, opaqueXml } from "./opaque.ts";
import { holdsIdAlone, keepPrimitive, readAttributes } from "./read-value.ts";
import { tokenise, type XmlElement, type XmlHandler, type XmlSpan } from "./tokenise.ts";
import { isModifierName } from "../read/modifier-names.ts";

/** Reads one resource from XML. Never throws. */
export function readXmlResource(
  from: Source | string,
  maxElements: number = recommendedMaxElements,
  places?: Places,
): ReadResource {
  const source = typeof from === "string" ? sourceOfText(from) : from;
  const reader = new ResourceReader(source, places);
  let refused: ReadResource["refused"];
  try {
    tokenise(source, reader, { maxElements });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused = error.issue;
  }
  return { resource: reader.root as Resource | undefined, issues: reader.issues, refused };
}

class ResourceReader implements XmlHandler {
  root: Value | undefined;
  readonly issues: ReadResource["issues"];
  readonly #source: Source;
  readonly #places: Places | undefined;
  readonly #open: Frame[] = [];
  readonly #complaints = new Complaints(this.#open);
  /** The innermost frame: asked for by every token. */
  #top: Frame | undefined;
  /** Open elements that have no frame: within a narrative or something skipped, or a primitive without extensions. */
  #inside = 0;

  constructor(source: Source, places: Places | undefined) {
    this.#source = source;
    this.#places = places;
    this.issues = this.#complaints.issues;
  }

  /** The frame around it. */
  get #around(): Frame | undefined {
    return this.#open.at(-2);
  }

  open(element: XmlElement): void {
    const top = this.#top;
    if (top === undefined) {
      this.#openRoot(element);
      return;
    }
    switch (top.kind) {
      case "complex":
      case "primitive":
        this.#openChild(top, element);
        return;
      case "holder":
        this.#openHeld(top, element);
        return;
      case "opaque":
        if (this.#inside === 0 && element.name === "id") top.written ??= element.attributes.valueOf("value");
        this.#inside += 1;
        return;
      case "narrative":
      case "skip":
        this.#inside += 1;
        top.narrative?.open(element);
        return;
    }
  }

  text(found: string): void {
    const narrative = this.#top?.narrative;
    if (narrative === undefined) this.#complainOfText(found);
    else narrative.text(found);
  }

  cdata(found: string, written: XmlSpan): void {
    const narrative = this.#top?.narrative;
    if (narrative === undefined) this.#complainOfText(found);
    else narrative.cdata(found, written);
  }

  comment(found: string): void {
    this.#top?.narrative?.comment(found);
  }

  instruction(written: XmlSpan & Position): void {
    this.#complaints.tell([passedOver], written);
    this.#top?.narrative?.instruction(written);
  }

  close(end: number): void {
    if (this.#inside > 0) {
      this.#inside -= 1;
      this.#top?.narrative?.close(end);
      return;
    }
    const frame = this.#top;
    if (frame === undefined) return;
    this.#finish(frame, this.#around, end);
    this.#open.pop();
    this.#top = this.#open.at(-1);
  }

  #push(frame: Frame): Frame {
    this.#open.push(frame);
    this.#top = frame;
    return frame;
  }

  #skip(element: XmlElement): void {
    this.#push(new Frame("skip", "", element));
  }

  #openRoot(element: XmlElement): void {
    const type = resourceTypeOf(element);
    if (type === undefined) {
      const text = "The root element is no resource of FHIR STU3.";
      return this.#complaints.refuse("wrong-root", element, text);
    }
    this.root = { resourceType: type.name };
    this.#openResource(type, type.name, this.root, element);
  }

  #openHeld(holder: Frame, element: XmlElement): void {
    if (holder.count > 0) {
      this.#complaints.error("too-many", element, "More than one resource stands where one may.");
      this.#skip(element);
      return;
    }
    holder.count = 1;
    const type = resourceTypeOf(element);
    if (type === undefined) {
      if (element.namespace === fhirNamespace && mayBeTypeName(element.name)) this.#openOpaque(element);
      else this.#leaveOut(element);
      return;
    }
    const value: Value = { resourceType: type.name };
    if (holder.definition !== undefined) this.#around?.hold(holder.definition, value);
    this.#openResource(type, "", value, element);
  }

  #leaveOut(element: XmlElement): void {
    this.#complaints.error(opaqueIssue.code, element, opaqueIssue.lost);
    this.#skip(element);
  }

  #openOpaque(element: XmlElement): void {
    const value: Value = { resourceType: "unknown", typeName: element.name };
    const frame = this.#push(new Frame("opaque", "", element, undefined, undefined, undefined, value));
    frame.count = element.start;
  }

  #finishOpaque(frame: Frame, end: number): void {
    const { value, written } = frame;
    const source = opaqueXml(this.#source.slice(frame.count, end));
    const { code, kept, lost } = opaqueIssue;
    if (source === undefined) return this.#complaints.error(code, frame, lost);
    this.#complaints.warning(code, frame, kept);
    const amiss = written === undefined ? undefined : amissIn(opaqueId, written);
    if (written !== undefined && amiss?.right !== false) {
      value["id"] = amiss?.value ?? written;
      if (amiss !== undefined) this.#complaints.tell(amiss.said, frame);
    }
    setPosition(Object.assign(value, { format: "xml", source }), frame.line, frame.column);
    const definition = this.#around?.definition;
    if (definition !== undefined) this.#open.at(-3)?.hold(definition, value);
  }

  #openResource(type: TypeDefinition, name: string, value: Value, element: XmlElement): void {
    const frame = this.#push(new Frame("complex", name, element, undefined, undefined, type, value));
    readAttributes(frame, element, this.#complaints);
  }

  #openChild(parent: Frame, element: XmlElement): void {
    const definition = parent.type?.byName.get(element.name);
    if (definition === undefined || definition.attribute) {
      const known = isElementName(element.name) ? ` ${element.name}` : "";
      const text = `Unknown element${known} in ${parent.type?.name}: it was left out.`;
      // What may change a meaning is looked for by its place, also where it may not stand: see modifiersOf.
      this.#complaints.error("unknown-element", element, text, isModifierName(element.name) ? element.name : undefined);
      parent.leaveOut(element.name);
      this.#skip(element);
      return;
    }
    const { name, order } = definition;
    if (element.namespace !== (definition.kind === "narrative" ? xhtmlNamespace : fhirNamespace)) {
      const text = "The element is in the wrong namespace: it was left out.";
      this.#complaints.error("namespace", element, text, name);
      parent.leaveOut(name);
      this.#skip(element);
      return;
    }
    const mayBeTaken = order <= parent.order;
    if (order < parent.order) {
      const text = `${name} stands after an element that it should stand before.`;
      this.#complaints.warning("wrong-order", element, text, name);
    } else {
      parent.order = order;
    }
    if (mayBeTaken && !definition.repeating && parent.isTaken(definition)) {
      const text = `${definition.choice ?? name} may stand once only: the first was kept.`;
      this.#complaints.error("too-many", element, text, name);
      this.#skip(element);
      return;
    }
    this.#enter(parent, definition, element);
  }

  #enter(parent: Frame, definition: ElementDefinition, element: XmlElement): void {
    const { name, kind } = definition;
    const index = definition.repeating ? parent.countOf(definition) : undefined;
    this.#places?.note(parent, name, element);
    switch (kind) {
      case "narrative":
        this.#enterNarrative(definition, element);
        return;
      case "resource": {
        const frame = this.#push(new Frame("holder", name, element, definition, index));
        readAttributes(frame, element, this.#complaints);
        return;
      }
      case "primitive":
        this.#enterPrimitive(parent, definition, element, index);
        return;
      case "complex": {
        const frame = new Frame("complex", name, element, definition, index, typeDefinition(definition.type));
        parent.hold(definition, frame.value);
        this.#push(frame);
        readAttributes(frame, element, this.#complaints);
        return;
      }
    }
  }

  #enterPrimitive(parent: Frame, definition: ElementDefinition, element: XmlElement, index: number | undefined): void {
    const { name } = definition;
    const { attributes } = element;
    const written = attributes.valueOf("value");
    if (element.isEmpty && attributes.count === (written === undefined ? 0 : 1)) {
      this.#inside += 1;
      keepPrimitive(parent, definition, written, undefined, element, this.#complaints, partOf(name, index));
      return;
    }
    const frame = this.#push(new Frame("primitive", name, element, definition, index, typeDefinition("Element")));
    frame.written = written;
    readAttributes(frame, element, this.#complaints);
  }

  #enterNarrative(definition: ElementDefinition, element: XmlElement): void {
    const frame = this.#push(new Frame("narrative", definition.name, element, definition));
    frame.count = element.start;
    frame.narrative = watchNarrative(this.#source, ({ code, text }, at = frame) => {
      if (isKept(code)) {
        if (frame.complained) return;
        if (code === "narrative-picture") this.#complaints.warning(code, at, text);
        else this.#complaints.error(code, at, text);
        return;
      }
      if (code !== "narrative") this.#complaints.refuse(code, at, `${text} The message was refused.`);
      if (!frame.complained) this.#complaints.error(code, at, `${text} The narrative was left out.`);
      frame.complained = true;
    });
    frame.narrative.open(element);
  }

  #finish(frame: Frame, parent: Frame | undefined, end: number): void {
    const { definition, value } = frame;
    switch (frame.kind) {
      case "complex":
        this.#finishComplex(frame);
        return;
      case "primitive": {
        if (parent === undefined || definition === undefined) return;
        const extended = isEmpty(value) ? undefined : value;
        keepPrimitive(parent, definition, frame.written, extended, frame, this.#complaints);
        return;
      }
      case "narrative":
        frame.narrative?.end();
        if (definition === undefined || parent === undefined || frame.narrative === undefined) return;
        if (frame.complained) parent.leaveOut(definition.name);
        else parent.hold(definition, frame.narrative.kept.within(this.#source, frame.count, end));
        return;
      case "holder":
        if (frame.count === 0) this.#complaints.error("empty-element", frame, `${frame.name} holds no resource.`);
        return;
      case "opaque":
        this.#finishOpaque(frame, end);
        return;
      case "skip":
    }
  }

  #finishComplex(frame: Frame): void {
    const { type, value, leftOut } = frame;
    if (type !== undefined && frame.required < type.required.length) {
      for (const { name, text } of missingFrom(type, value, (one) => leftOut?.has(one) === true)) {
        this.#complaints.error("missing-element", frame, text, name);
      }
    }
    // Of a resource the id is an element.
    if ((isEmpty(value) || (type?.kind !== "resource" && holdsIdAlone(value))) && leftOut === undefined)
      this.#complaints.error("empty-element", frame, `${frame.definition?.name} is empty.`);
  }

  #complainOfText(found: string): void {
    const top = this.#top;
    if (
      top === undefined ||
      top.kind === "skip" ||
      top.kind === "opaque" ||
      top.complained ||
      !/[^ \t\r\n]/.test(found)
    )
      return;
    top.complained = true;
    this.#complaints.error("unexpected-text", top, "Text stands between elements: it was left out.");
  }
}

function resourceTypeOf({ name, namespace }: XmlElement): TypeDefinition | undefined {
  return namespace === fhirNamespace ? resourceDefinition(name) : undefined;
}

function isEmpty(value: Value): boolean {
  for (const _ in value) return false;
  return true;
}
