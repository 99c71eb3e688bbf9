// Whoever shows a narrative gives it to an HTML parser: what is looked at here must be what that parser finds. So it is one
// div and nothing beside it, without a comment that HTML would end earlier than XML does (`<!-->`, `<!--->`; XML itself allows
// no `--` within). FHIR allows comments, and a plain one may stay. What stays of CDATA sections: narrative-text.ts.
import { Refusal } from "../issue.ts";
import type { Position } from "../read/positions.ts";
import { type Source, sourceOfText } from "../read/source.ts";
import { isXmlText } from "./characters.ts";
import { NarrativeContent, type PlacedFault } from "./narrative-content.ts";
import { NarrativeText } from "./narrative-text.ts";
import { type NarrativeFault, narrativeFault } from "./narrative.ts";
import { tokenise, type XmlHandler } from "./tokenise.ts";

export const xhtmlNamespace = "http://www.w3.org/1999/xhtml";

const notWellFormed: NarrativeFault = { code: "narrative", text: "A narrative is not well-formed." };
const notOfXml: NarrativeFault = {
  code: "narrative",
  text: "A narrative holds a character that FHIR does not allow.",
};
const notBegun: NarrativeFault = { code: "narrative", text: "A narrative does not begin with its div." };
const notEnded: NarrativeFault = { code: "narrative", text: "A narrative does not end with its div." };

export interface NarrativeWatch extends XmlHandler {
  kept: NarrativeText;
  /** To be called behind the last end tag. */
  end(): void;
}

/** Looks at a narrative as a parser comes along it, and tells each fault: of an element, or of the whole. */
export function watchNarrative(source: Source, found: (fault: NarrativeFault, at?: Position) => void): NarrativeWatch {
  let isRoot = true;
  let hollow = true;
  const content = new NarrativeContent(source);
  let pictured: PlacedFault | undefined;
  const kept = new NarrativeText();
  const text = (found: string): void => {
    // A space that does not break is still nothing to read.
    if (hollow && /\S/.test(found)) hollow = false;
    content.text(found);
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
      content.open(element);
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
    close(at) {
      content.close(at);
    },
    end() {
      if (hollow) found({ code: "narrative", text: "A narrative is empty." });
      // Whoever shows it minds none of these: one of them is told, the gravest.
      const kept = content.found ?? pictured;
      if (kept !== undefined) found(kept.fault, kept.at);
    },
  };
}

/** Whether the narrative is kept all the same. */
export function isKept(
  code: NarrativeFault["code"],
): code is Extract<NarrativeFault["code"], "bad-value" | "narrative-content" | "narrative-picture"> {
  return code === "bad-value" || code === "narrative-content" || code === "narrative-picture";
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
  const source = sourceOfText(written);
  const watch = watchNarrative(source, (found) => {
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
      watch.close(at);
    },
  };
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
  if (end !== written.length && (fault === undefined || isKept(fault.code))) return left(notEnded);
  return { fault, text: watch.kept.within(source, 0, end), hasInstruction };
}
