import {
  directed,
  type DirectedText,
  hasArabic,
  isTurned,
  isWrittenRightToLeft,
  levelAt,
  mirrored,
  placesOf,
} from "./direction.ts";
import { type Face, fontFor, hasGlyph } from "./fonts.ts";
import { graphemesOf, JOINER, NON_JOINER, shownText, withoutUnseen } from "./shown-text.ts";

export interface TextStyle {
  face: Face;
  size: number;
}

/**
 * One line of text, ready to be drawn: in pieces, each in one font and one direction. Spaces at its end stay: they keep
 * the words apart for who copies the text or has it read out.
 */
export interface TextLine {
  /** Of its paragraph: where the lines of a column begin. */
  rightToLeft: boolean;
  /** Without the spaces at its end. */
  width: number;
  /** From left to right. */
  pieces: readonly Piece[];
}

export interface Piece {
  text: string;
  font: string;
  /** From the left end of the line's visible part. */
  x: number;
  /** Letters that are written from right to left, which the font puts in order and joins. */
  whole: boolean;
  /** Part of what runs to the left, numbers and all, within a line that runs to the right. */
  turned: boolean;
}

/** A grapheme as it is drawn. */
interface Glyphs {
  index: number;
  text: string;
  font: string;
  level: number;
  /** With what follows, if that is a letter that it joins with. */
  joins: boolean;
}

/** A paragraph without line breaks whose every grapheme has its font. */
interface Paragraph {
  text: string;
  rightToLeft: boolean;
  /** Absent where all of it reads from left to right. */
  directed?: DirectedText;
  glyphs: readonly Glyphs[];
}

/**
 * The lines that a text takes, line breaks kept, words longer than a line cut. Lines are broken in reading order and each
 * is then put into the order in which it is seen (Unicode Standard Annex 9, clause 3.4).
 */
export function setLines(
  doc: PDFKit.PDFDocument,
  text: string,
  style: TextStyle,
  width: number = Infinity,
): TextLine[] {
  return shownText(text)
    .split("\n")
    .flatMap((line) => {
      const paragraph = prepare(doc, line, style.face);
      return breakLines(doc, paragraph, style, width).map(([start, end]) => setLine(doc, paragraph, style, start, end));
    });
}

function prepare(doc: PDFKit.PDFDocument, text: string, face: Face): Paragraph {
  const order = isTurned(text) ? directed(text) : undefined;
  const glyphs: Glyphs[] = [];
  const arabic = hasArabic(text);
  for (const { segment, index } of graphemesOf(text)) {
    const level = order === undefined ? 0 : levelAt(order, index);
    // What stands among Arabic words is in their font where it can be: one font is one piece for who copies the text.
    const font = fontFor(doc, segment, face, arabic && level > 0 ? "arabic" : undefined);
    if (font === undefined) throw new Error("A text is drawn that was not checked: no font has all of its characters.");
    const seen = withoutUnseen(segment, segment.includes(JOINER) && hasGlyph(doc, font, JOINER));
    if (seen === "" || seen === JOINER) continue;
    const joins = !segment.endsWith(NON_JOINER);
    glyphs.push({ index, text: level % 2 === 1 ? mirrored(seen) : seen, font, level, joins });
  }
  return { text, rightToLeft: order?.rightToLeft ?? false, ...(order && { directed: order }), glyphs };
}

function setLine(
  doc: PDFKit.PDFDocument,
  paragraph: Paragraph,
  style: TextStyle,
  start: number,
  end: number,
): TextLine {
  const pieces = piecesOf(paragraph, start, end);
  const seen = start + paragraph.text.slice(start, end).trimEnd().length;
  const places = paragraph.directed && placesOf(paragraph.directed, start, end);
  const placeOf = ({ index }: { index: number }): number => places?.get(index) ?? index;
  const placed = pieces.toSorted((a, b) => placeOf(a) - placeOf(b));
  const widths = placed.map((piece) => widthOf(doc, piece, style.size));
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const width = seen === end ? whole : measure(doc, paragraph, style, start, seen);
  // Spaces at the end of a line that runs to the left stand on its left.
  let x = paragraph.rightToLeft ? width - whole : 0;
  return {
    rightToLeft: paragraph.rightToLeft,
    width,
    pieces: placed.map(({ text, font, whole, turned }, index) => {
      const piece = { text, font, whole, turned, x };
      x += widths[index]!;
      return piece;
    }),
  };
}

interface OrderedPiece extends Omit<Piece, "x"> {
  index: number;
}

/** Neighbours of one font and direction, in reading order. */
function piecesOf(paragraph: Paragraph, start: number, end: number): OrderedPiece[] {
  const { text, rightToLeft, glyphs } = paragraph;
  const seen = start + text.slice(start, end).trimEnd().length;
  const runs: { font: string; level: number; glyphs: Glyphs[] }[] = [];
  for (const glyph of between(glyphs, start, end)) {
    // Spaces at the end of a line have the direction of the paragraph (rule L1).
    const level = glyph.index < seen ? glyph.level : Number(rightToLeft);
    const last = runs.at(-1);
    const goesOn = last?.font === glyph.font && last.level === level && last.glyphs.at(-1)?.joins === true;
    if (goesOn) last.glyphs.push(glyph);
    else runs.push({ font: glyph.font, level, glyphs: [glyph] });
  }
  return runs.flatMap(({ font, level, glyphs }) => {
    const whole = glyphs.map((glyph) => glyph.text).join("");
    const toTheLeft = level % 2 === 1;
    const turned = !rightToLeft && level > 0;
    const { index } = glyphs[0]!;
    if (isWrittenRightToLeft(whole) === toTheLeft) return [{ index, text: whole, font, whole: toTheLeft, turned }];
    // Against the direction of its letters, or without letters: each on its own.
    return glyphs.map((glyph) => ({ index: glyph.index, text: glyph.text, font, whole: false, turned }));
  });
}

function between(glyphs: readonly Glyphs[], start: number, end: number): readonly Glyphs[] {
  return glyphs.slice(firstAt(glyphs, start), firstAt(glyphs, end));
}

/** Where the glyphs from this index of the text on begin. */
function firstAt(glyphs: readonly Glyphs[], index: number): number {
  let [low, high] = [0, glyphs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (glyphs[middle]!.index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

function measure(doc: PDFKit.PDFDocument, paragraph: Paragraph, style: TextStyle, start: number, end: number): number {
  return piecesOf(paragraph, start, end).reduce((sum, piece) => sum + widthOf(doc, piece, style.size), 0);
}

/** Word by word, as pdfkit remembers them: the order of the words makes no difference to their width. */
function widthOf(doc: PDFKit.PDFDocument, { text, font }: OrderedPiece, size: number): number {
  return doc.font(font).fontSize(size).widthOfString(text);
}

/** A line may end after spaces, and after a hyphen within a name. */
const breaks = /(?<= )(?=[^ ])|(?<=\p{L}-)(?=\p{L})/u;

/** More characters than a line has room for. */
const LONG = 400;

/** Where each line starts and ends. */
function breakLines(
  doc: PDFKit.PDFDocument,
  paragraph: Paragraph,
  style: TextStyle,
  width: number,
): [start: number, end: number][] {
  const { text } = paragraph;
  const isWithin = (start: number, end: number): boolean =>
    measure(doc, paragraph, style, start, start + text.slice(start, end).trimEnd().length) <= width;
  // Of a word of thousands of letters the first few hundred tell.
  const fits = (start: number, end: number): boolean =>
    (end - start <= LONG || isWithin(start, start + LONG)) && isWithin(start, end);
  const lines: [number, number][] = [];
  let start = 0;
  let end = 0;
  for (const word of text.split(breaks)) {
    const next = end + word.length;
    if (!fits(start, next)) {
      if (start < end) lines.push([start, end]);
      start = end;
      while (!fits(start, next)) {
        const cut = cutAt(text, start, next, fits);
        if (cut === next) break;
        lines.push([start, cut]);
        start = cut;
      }
    }
    end = next;
  }
  return [...lines, [start, end]];
}

/** Where a word that does not fit into a line is cut: after one grapheme at least. */
function cutAt(text: string, start: number, end: number, fits: (start: number, end: number) => boolean): number {
  let cut = start;
  for (const { segment } of graphemesOf(text.slice(start, end))) {
    if (cut > start && !fits(start, cut + segment.length)) break;
    cut += segment.length;
  }
  return cut;
}
