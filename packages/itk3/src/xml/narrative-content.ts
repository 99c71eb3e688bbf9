// Whether each element of a narrative stands where XHTML has it, with what it must hold and with its own attributes: a
// browser does not mind, and shows all of the text, so that it costs the narrative nothing, and is told of the first place alone.
import type { Position } from "../read/positions.ts";
import type { Source } from "../read/source.ts";
import { withoutOuterSpaces } from "../read/spaces.ts";
import { isPlainName } from "./characters.ts";
import type { NarrativeFault } from "./narrative.ts";
import { type ElementModel, elementModels } from "./narrative-model.ts";
import { isValueOf } from "./narrative-values.ts";
import type { XmlElement } from "./tokenise.ts";

interface OpenElement extends Position {
  model: ElementModel;
  /** Its last child so far; "" before the first. */
  last: string;
  /** The offset of its `<` in the source, where it has an end tag of its own. */
  start: number | undefined;
}

/** What is wrong, and where: both are kept beyond the element. */
export interface PlacedFault {
  fault: NarrativeFault;
  at: Position;
}

const misnamed: NarrativeFault = { code: "bad-value", text: "A narrative has an id that is no XML name." };

export class NarrativeContent {
  /** The first place that is not as XHTML has it. */
  found: PlacedFault | undefined;
  readonly #open: OpenElement[] = [];
  /** An element that FHIR does not have, of which the content is not known, is told as such. */
  #isKnown = true;

  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  get #looksOn(): boolean {
    return this.#isKnown && this.found === undefined;
  }

  open(element: XmlElement): void {
    if (!this.#looksOn) return;
    const { name, line, column } = element;
    const model = elementModels.get(name);
    if (model === undefined) {
      this.#isKnown = false;
      return;
    }
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      const allowed = parent.model.behind?.get(parent.last) ?? parent.model.children;
      if (!allowed.has(name)) this.#tellOfPlace(element, name, parent.model.name);
      // A link has none in it, however deep (HTML 4.01, 12.2.2): the schema looks at children alone.
      if (name === "a" && this.#open.some(({ model: around }) => around.name === "a")) {
        this.#tellOfPlace(element, name, name);
      }
      parent.last = name;
    }
    this.#checkAttributes(model, element);
    this.#open.push({ model, line, column, last: "", start: element.isEmpty ? undefined : element.start });
  }

  text(text: string): void {
    const holder = this.#open.at(-1);
    if (holder === undefined || holder.model.hasText || !this.#looksOn) return;
    if (withoutOuterSpaces(text) !== "") {
      this.#tellOfPlace(holder, "text", holder.model.name);
    }
  }

  /** `end` is the offset in the source after its `>`. */
  close(end: number): void {
    if (!this.#looksOn) return;
    const closed = this.#open.pop();
    if (closed?.start !== undefined && isVoid(closed.model)) {
      // Spaces are nothing between elements, and something where there is to be nothing.
      if (/[ \t\r\n]<\/[^<]*$/.test(this.#source.slice(closed.start, end))) {
        this.#tellOfPlace(closed, "white space", closed.model.name);
      }
    }
    if (closed?.model.last?.has(closed.last) === false) {
      this.#tell(closed, `${closed.model.name} without what it must hold in XHTML`);
    }
  }

  #checkAttributes({ name, attributes: allowed, required }: ElementModel, element: XmlElement): void {
    const { attributes } = element;
    for (let index = 0; index < attributes.count; index += 1) {
      const attribute = attributes.name(index);
      // An id is one of XML's, of which a schema takes the spaces off.
      if (attribute === "id" && !isPlainName(withoutOuterSpaces(attributes.value(index))))
        this.#keep(misnamed, element);
      if (!allowed.has(attribute)) {
        this.#tell(element, `${name} with ${attribute}, an attribute that XHTML does not give it`);
      } else if (!isValueOf(name, attribute, attributes.value(index))) {
        this.#tell(element, `${name} with a value of ${attribute} that XHTML does not give it`);
      }
    }
    for (const attribute of required) {
      if (attributes.valueOf(attribute) === undefined) {
        this.#tell(element, `${name} without its ${attribute}, an attribute that it must have in XHTML`);
      }
    }
  }

  #tellOfPlace(at: Position, what: string, holder: string): void {
    this.#tell(at, `${what} within ${holder}, where XHTML does not allow it`);
  }

  #tell(at: Position, what: string): void {
    this.#keep({ code: "narrative-content", text: `A narrative holds ${what}.` }, at);
  }

  #keep(fault: NarrativeFault, { line, column }: Position): void {
    this.found ??= { fault, at: { line, column } };
  }
}

function isVoid({ hasText, children }: ElementModel): boolean {
  return !hasText && children.size === 0;
}
