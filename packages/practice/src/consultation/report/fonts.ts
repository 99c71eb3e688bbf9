import { readFile } from "node:fs/promises";
import PdfDocument from "pdfkit";

export type Face = "regular" | "bold" | "italic";

type FamilyName = "arimo" | "arabic" | "symbols" | "mathematics" | "emoji";

/** A font family of the report: the TrueType file of each face, those that it lacks taken by its regular one. */
interface Family {
  name: FamilyName;
  files: { regular: string } & Partial<Record<Face, string>>;
}

/**
 * In the order in which they are asked for a character (docs/decisions/050-report-font.md). The first is what a report is
 * set in; each of the others is there for what those before it lack.
 */
const families: readonly Family[] = [
  {
    name: "arimo",
    files: {
      regular: "@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf",
      bold: "@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf",
      italic: "@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf",
    },
  },
  {
    name: "arabic",
    files: {
      regular: "@expo-google-fonts/vazirmatn/400Regular/Vazirmatn_400Regular.ttf",
      bold: "@expo-google-fonts/vazirmatn/700Bold/Vazirmatn_700Bold.ttf",
    },
  },
  {
    name: "symbols",
    files: { regular: "@expo-google-fonts/noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf" },
  },
  {
    name: "mathematics",
    files: { regular: "@expo-google-fonts/noto-sans-math/400Regular/NotoSansMath_400Regular.ttf" },
  },
  { name: "emoji", files: { regular: "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf" } },
];

/** As fontkit has it, which pdfkit draws with and whose types do not tell of it. */
interface OpenFont {
  hasGlyphForCodePoint(code: number): boolean;
}

/** By the name of the font in a document. */
export type Fonts = ReadonlyMap<string, OpenFont>;

let opened: Promise<Fonts> | undefined;

/** Reads the fonts, 6 MB, and opens them, once. */
export async function openFonts(): Promise<Fonts> {
  opened ??= openAll();
  try {
    return await opened;
  } catch (error) {
    // What failed for want of a file handle may succeed next time.
    opened = undefined;
    throw error;
  }
}

async function openAll(): Promise<Fonts> {
  const fonts = families.flatMap(({ name, files }) =>
    Object.entries(files).map(([face, file]) => ({ name: `${name}-${face}`, file })),
  );
  const contents = await Promise.all(fonts.map(({ file }) => readFile(new URL(import.meta.resolve(file)))));
  // It is never finished.
  const doc = new PdfDocument({ autoFirstPage: false });
  return new Map(fonts.map(({ name }, index) => [name, selected(doc.registerFont(name, contents[index]), name)]));
}

export function registerFonts(doc: PDFKit.PDFDocument, fonts: Fonts): void {
  for (const [name, font] of fonts) doc.registerFont(name, ofOneDocument(font) as unknown as Uint8Array);
}

/**
 * What is decoded of a file's tables, which is most of the work of a short report, is kept for all documents. Glyphs are each document's
 * own: fontkit has of each the character that led to it first, and says to whoever copies text that it is that one.
 */
function ofOneDocument(font: OpenFont): OpenFont {
  return Object.create(font, { _glyphs: { value: {}, writable: true } }) as OpenFont;
}

/** The font of a report that all text is set in unless it lacks a character. */
export function mainFont(face: Face): string {
  return fontNames(face)[0]!;
}

/**
 * The first font that has every character of this grapheme, so that an accent comes from the font of its letter.
 * Undefined where none has.
 *
 * @param first The family to ask before all others.
 */
export function fontFor(doc: PDFKit.PDFDocument, grapheme: string, face: Face, first?: FamilyName): string | undefined {
  const fonts = fontNames(face);
  const asked = first === undefined ? fonts : [fonts[families.findIndex(({ name }) => name === first)]!, ...fonts];
  return asked.find((font) => fontHas(doc, font, grapheme));
}

/** Whether the font has all these characters; those that only say how others are to be written are not asked for. */
function fontHas(doc: PDFKit.PDFDocument, font: string, grapheme: string): boolean {
  return Array.from(grapheme).every((character) => isUnseen(character) || hasGlyph(doc, font, character));
}

export function hasGlyph(doc: PDFKit.PDFDocument, font: string, character: string): boolean {
  return selected(doc, font).hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

/** pdfkit opens a font when it is first selected, and its types do not tell of the open one. */
function selected(doc: PDFKit.PDFDocument, font: string): OpenFont {
  return (doc.font(font) as unknown as { _font: { font: OpenFont } })._font.font;
}

function isUnseen(character: string): boolean {
  return /\p{Default_Ignorable_Code_Point}/u.test(character);
}

function fontNames(face: Face): readonly string[] {
  return names[face];
}

const names: Readonly<Record<Face, readonly string[]>> = {
  regular: families.map(({ name }) => `${name}-regular`),
  bold: families.map(({ name, files }) => `${name}-${"bold" in files ? "bold" : "regular"}`),
  italic: families.map(({ name, files }) => `${name}-${"italic" in files ? "italic" : "regular"}`),
};
