// Whoever shows a narrative gives it to an HTML parser: what is looked at here must be what that parser finds. So it is one
// div and nothing beside it, without a comment that HTML would end earlier than XML does (`<!-->`, `<!--->`; XML itself allows
// no `--` within). FHIR allows comments, and a plain one may stay. What stays of CDATA sections: narrative-text.ts.
import { Refusal } from "../issue.ts";
import type { Position } from "../read/positions.ts";
import { sourceOfText } from "../read/source.ts";
import { withoutOuterSpaces } from "../read/spaces.ts";
import { isPlainName, isXmlText } from "./characters.ts";
import { NarrativeText } from "./narrative-text.ts";
import { type NarrativeFault, narrativeFault } from "./narrative.ts";
import { tokenise, type XmlHandler } from "./tokenise.ts";

export const xhtmlNamespace = "http://www.w3.org/1999/xhtml";

const notNamed: NarrativeFault = { code: "bad-value", text: "A narrative has an id that is no XML name." };
const notWellFormed: NarrativeFault = { code: "narrative", text: "A narrative is not well-formed." };
const notOfXml: NarrativeFault = {
  code: "narrative",
  text: "A narrative holds a character that FHIR does not allow.",
};
const notBegun: NarrativeFault = { code: "narrative", text: "A narrative does not begin with its div." };
const notEnded: NarrativeFault = { code: "narrative", text: "A narrative does not end with its div." };

export interface NarrativeWatch extends Omit<XmlHandler, "close"> {
  kept: NarrativeText;
  /** To be called behind the last end tag. */
  end(): void;
}

/** Looks at a narrative as a parser comes along it, and tells each fault: of an element, or of the whole. */
export function watchNarrative(found: (fault: NarrativeFault, at?: Position) => void): NarrativeWatch {
  let isRoot = true;
  let hollow = true;
  let misnamed: Position | undefined;
  let pictured: { fault: NarrativeFault; at: Position } | undefined;
  const kept = new NarrativeText();
  const text = (found: string): void => {
    // A space that does not break is still nothing to read.
    if (hollow && /\S/.test(found)) hollow = false;
  };
  return {
    kept,
    open(element) {
      const fault = narrativeFault(element.name, element.attributes);
      if (fault?.code === "narrative-picture") {
        pictured ??= { fault, at: { line: element.line, column: element.column } };
      } else if (fault !== undefined) found(fault, element);
      if (element.namespace !== xhtmlNamespace || element.prefixed) {
        found({ code: "narrative", text: "A narrative holds an element of another namespace, or a prefix." }, element);
      }
      if (isRoot) {
        isRoot = false;
        if (element.name !== "div") found({ code: "narrative", text: "A narrative is not a div." }, element);
        // It must say by itself that it is xhtml.
        if (element.attributes.valueOf("xmlns") === undefined) {
          found({ code: "narrative", text: "A narrative does not declare its namespace." }, element);
        }
      }
      if (element.name === "img") hollow = false;
      // In XHTML an id is one of XML's, of which a schema takes the spaces off. Whoever shows it does not mind: it is told
      // once, and the narrative is kept.
      const id = element.attributes.valueOf("id");
      if (id !== undefined && misnamed === undefined && !isPlainName(withoutOuterSpaces(id))) {
        misnamed = { line: element.line, column: element.column };
      }
    },
    text,
    cdata(section, written) {
      text(section);
      kept.section(section, written);
    },
    instruction(written) {
      kept.instruction(written);
    },
    comment(said) {
      if (/^-|>/.test(said))
        found({ code: "narrative", text: "A narrative holds a comment that HTML ends elsewhere." });
    },
    end() {
      if (hollow) found({ code: "narrative", text: "A narrative is empty." });
      if (misnamed !== undefined) found(notNamed, misnamed);
      if (pictured !== undefined) found(pictured.fault, pictured.at);
    },
  };
}

/** Whether the narrative is kept all the same. */
export function isKept({ code }: NarrativeFault): boolean {
  return code === "bad-value" || code === "narrative-picture";
}

export interface ReadNarrative {
  /** The worst that is wrong with it. */
  fault?: NarrativeFault | undefined;
  /** What is kept of it, where it is. */
  text: string;
  /** It held a processing instruction. */
  hasInstruction: boolean;
}

/** Reads a narrative that stands alone, as JSON has it. Its div is an element within `depth` others. */
export function readNarrative(written: string, depth = 0): ReadNarrative {
  let end = 0;
  let hasInstruction = false;
  let fault: NarrativeFault | undefined;
  const watch = watchNarrative((found) => {
    if (fault === undefined || (fault.code === "narrative" && found.code === "active-content")) fault = found;
  });
  const handler: XmlHandler = {
    ...watch,
    instruction(at) {
      hasInstruction = true;
      watch.instruction(at);
    },
    close(at) {
      end = at;
    },
  };
  const source = sourceOfText(written);
  const left = (because: NarrativeFault): ReadNarrative => ({ fault: because, text: written, hasInstruction });
  // First of all: the tokeniser takes what follows half a surrogate pair for its other half.
  if (!isXmlText(written)) return left(notOfXml);
  if (!written.startsWith("<div")) return left(notBegun);
  try {
    tokenise(source, handler, { outerDepth: depth });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.issue.code === "too-deep") return left({ code: "too-deep", text: error.issue.text });
    return left(fault?.code === "active-content" ? fault : notWellFormed);
  }
  watch.end();
  if (end !== written.length && (fault === undefined || isKept(fault))) return left(notEnded);
  return { fault, text: watch.kept.within(source, 0, end), hasInstruction };
}
