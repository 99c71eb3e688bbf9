import { readFile } from "node:fs/promises";

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

/** The content of every font file, by the name of the font in a document. */
export type FontFiles = ReadonlyMap<string, Uint8Array>;

let files: Promise<FontFiles> | undefined;

/** Reads the fonts, 6 MB, once. */
export async function readFonts(): Promise<FontFiles> {
  files ??= readAll();
  try {
    return await files;
  } catch (error) {
    // What failed for want of a file handle may succeed next time.
    files = undefined;
    throw error;
  }
}

async function readAll(): Promise<FontFiles> {
  const fonts = families.flatMap(({ name, files }) =>
    Object.entries(files).map(([face, file]) => ({ name: `${name}-${face}`, file })),
  );
  const contents = await Promise.all(fonts.map(({ file }) => readFile(new URL(import.meta.resolve(file)))));
  return new Map(fonts.map(({ name }, index) => [name, contents[index]!]));
}

export function registerFonts(doc: PDFKit.PDFDocument, fonts: FontFiles): void {
  for (const [name, bytes] of fonts) doc.registerFont(name, bytes);
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
  // pdfkit opens a font file when it is first selected, and its types do not tell of the open font.
  const { _font: selected } = doc.font(font) as unknown as { _font: { font: OpenFont } };
  return selected.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);
}

interface OpenFont {
  hasGlyphForCodePoint(code: number): boolean;
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
