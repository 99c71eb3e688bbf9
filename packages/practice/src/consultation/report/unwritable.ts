import type { ConsultationProblem } from "../consultation-file-error.ts";
import { fontFor, openFonts } from "./fonts.ts";
import { createDocument } from "./pen.ts";
import type { PrintedText } from "./printed-texts.ts";
import { graphemesOf, shownText } from "./shown-text.ts";

/** How many of a text's characters are named. */
const NAMED = 5;

/**
 * The texts with a character that no font of the report has. Such a text is not sent: a box or a code in its place would
 * be a word that a clinician cannot read, and nobody would know (GPCM-SD-CS-001).
 */
export async function findUnwritable(texts: readonly PrintedText[]): Promise<ConsultationProblem[]> {
  const isWritable = await (coverage ??= openCoverage());
  return texts.flatMap(({ pointer, text }) => {
    let first: number | undefined;
    const codes = new Set<string>();
    for (const { segment, index } of graphemesOf(shownText(text))) {
      if (segment === "\n" || isWritable(segment)) continue;
      first ??= index;
      for (const character of segment) if (!isWritable(character)) codes.add(codeOf(character));
      // Each by itself is there, but no one font has them together.
      if (codes.size === 0) for (const character of segment) codes.add(codeOf(character));
    }
    if (first === undefined) return [];
    const named = [...codes].slice(0, NAMED).join(", ");
    const others = codes.size > NAMED ? ` and ${codes.size - NAMED} more` : "";
    const place = Array.from(shownText(text).slice(0, first)).length + 1;
    return [
      {
        pointer,
        problem:
          `cannot be shown in the report: no font has ${named}${others} (first as character ${place}); ` +
          "write it in other letters, or attach it as a picture or a PDF",
      },
    ];
  });
}

let coverage: Promise<(grapheme: string) => boolean> | undefined;

/** A document that is never finished, so that its fonts are opened once. */
async function openCoverage(): Promise<(grapheme: string) => boolean> {
  try {
    const doc = createDocument(await openFonts(), {});
    return (grapheme) =>
      fontFor(doc, grapheme, "regular") !== undefined &&
      fontFor(doc, grapheme, "bold") !== undefined &&
      fontFor(doc, grapheme, "italic") !== undefined;
  } catch (error) {
    coverage = undefined;
    throw error;
  }
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
