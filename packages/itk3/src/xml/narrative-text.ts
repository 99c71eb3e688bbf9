// A narrative is kept as it was written, but for two things that an HTML parser reads otherwise than XML: it ends both a CDATA
// section and a processing instruction, as comments, at their first `>`, and takes what follows for tags. A section is text,
// and becomes that; an instruction says nothing, and is left out.
import type { Source } from "../read/source.ts";
import type { XmlSpan } from "./tokenise.ts";

interface Replaced extends XmlSpan {
  by: string;
}

export class NarrativeText {
  readonly #replaced: Replaced[] = [];

  section(text: string, { start, end }: XmlSpan): void {
    this.#replaced.push({ start, end, by: escaped(text) });
  }

  instruction({ start, end }: XmlSpan): void {
    this.#replaced.push({ start, end, by: "" });
  }

  /** What is kept of what is written from one offset to another. */
  within(source: Source, from: number, to: number): string {
    const kept: string[] = [];
    let at = from;
    for (const { start, end, by } of this.#replaced) {
      kept.push(behindSeam(source.slice(at, start)), by);
      at = end;
    }
    const rest = source.slice(at, to);
    return kept.length === 0 ? rest : [...kept, behindSeam(rest)].join("");
  }
}

/** What was two pieces of text may not become one with the end of a section in it (XML 1.0, CharData). */
function behindSeam(text: string): string {
  return text.replace(/^(\]?)>/, "$1&gt;");
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => escapes[character] ?? "");
}
