import bidiFactory, { type Bidi, type EmbeddingLevels } from "bidi-js";

// Node.js gives the function itself; the package's types speak of its build for bundlers.
const bidi: Bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

/** A paragraph with the direction of each of its characters (Unicode Standard Annex 9). */
export interface DirectedText {
  text: string;
  rightToLeft: boolean;
  levels: EmbeddingLevels;
}

/** Letters that are written from right to left, and the characters that ask for a direction. */
const turned = /[\p{Script=Hebrew}\p{Script=Arabic}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const rightToLeftLetters = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
const isolates = /[\u2066-\u2069]/gu;

/** Whether anything in the text can make it read otherwise than from left to right. */
export function isTurned(text: string): boolean {
  return turned.test(text);
}

/** Whether a font writes this text from right to left by itself. */
export function isWrittenRightToLeft(text: string): boolean {
  return rightToLeftLetters.test(text);
}

export function hasArabic(text: string): boolean {
  return /\p{Script=Arabic}/u.test(text);
}

/**
 * A part of a line that is put together, such as one line of an address: it keeps its own order, and the numbers of what
 * stands next to it keep theirs (first strong isolate).
 */
export function isolated(part: string): string {
  return isTurned(part) ? `\u2068${part}\u2069` : part;
}

/** One paragraph, without line breaks. It is written in the direction of its first letter, isolated or not. */
export function directed(text: string): DirectedText {
  const [paragraph] = bidi.getEmbeddingLevels(text.replaceAll(isolates, "")).paragraphs;
  const rightToLeft = (paragraph?.level ?? 0) % 2 === 1;
  return { text, rightToLeft, levels: bidi.getEmbeddingLevels(text, rightToLeft ? "rtl" : "ltr") };
}

export function levelAt({ levels }: DirectedText, index: number): number {
  return levels.levels[index] ?? 0;
}

/** The place of each character of a line, from the left: `start` to before `end`. */
export function placesOf({ text, rightToLeft, levels }: DirectedText, start: number, end: number): Map<number, number> {
  // The line by itself: bidi-js would go over the whole paragraph for each of its lines.
  const line = {
    levels: levels.levels.slice(start, end),
    paragraphs: [{ start: 0, end: end - start - 1, level: Number(rightToLeft) }],
  };
  const order = bidi.getReorderedIndices(text.slice(start, end), line);
  return new Map(order.map((index, place) => [start + index, place]));
}

/** An opening bracket is drawn as a closing one where the text runs from right to left. */
export function mirrored(character: string): string {
  return bidi.getMirroredCharacter(character) ?? character;
}
