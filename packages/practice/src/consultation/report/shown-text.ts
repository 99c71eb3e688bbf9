/**
 * Text as it is set: composed letters, line breaks of one kind, a tab as spaces, and a plain space for the many widths of
 * space. What is not seen but says how to write its neighbours stays: the joiners, and the marks of direction.
 */
export function shownText(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/\r\n|[\r\u0085\u2028\u2029]/g, "\n")
    .replaceAll("\t", "    ")
    .replaceAll(/[\u2000-\u200A\u205F\u3000]/g, " ")
    .replaceAll("\u202F", "\u00A0");
}

/** The graphemes of shown text: letters with their accents, pictures of several characters. */
export function graphemesOf(text: string): Iterable<{ segment: string; index: number }> {
  return segmenter.segment(text);
}

const segmenter = new Intl.Segmenter("en-GB");

/** The grapheme without what is not seen; a joiner kept where the font makes one picture of what it joins. */
export function withoutUnseen(grapheme: string, keepJoiner: boolean): string {
  return grapheme.replaceAll(unseen, (character) => (keepJoiner && character === JOINER ? JOINER : ""));
}

const unseen = /\p{Default_Ignorable_Code_Point}/gu;

export const JOINER = "\u200D";
/** Keeps two letters apart that would join. */
export const NON_JOINER = "\u200C";
