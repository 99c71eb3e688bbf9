import PdfDocument from "pdfkit";

export type Face = "regular" | "bold" | "italic";

export interface Style {
  face: Face;
  size: number;
  colour?: string;
  slanted?: boolean;
}

/** What a reader with a screen reader is told a text is (PDF 32000-1, 14.8.4). */
export type Role = "H1" | "H2" | "H3" | "P" | "artifact";

/**
 * Writes lines of text on pages: it breaks lines itself, so that the caller decides what happens at the end of a page,
 * and tags every text for screen readers.
 */
export interface Pen {
  readonly doc: PDFKit.PDFDocument;
  /**
   * The lines that the text takes, line breaks kept, words longer than a line cut. Spaces at the end of a line stay: they
   * keep the words apart for who copies the text or has it read out.
   */
  wrap(text: string, style: Style, width: number): string[];
  lineHeight(style: Style): number;
  widthOf(text: string, style: Style): number;
  /** One line with its left, right or middle at `x` and its top at `y`. */
  line(text: string, style: Style, at: { x: number; y: number; align?: "left" | "right" | "center" }): void;
  /** What is drawn meanwhile is one element of the document; as an artifact it is not read out. */
  as(role: Role, draw: () => void): void;
  finish(): void;
}

export function createPen(doc: PDFKit.PDFDocument): Pen {
  const root = doc.struct("Document");
  doc.addStructure(root);
  const select = ({ face, size }: Style): PDFKit.PDFDocument => doc.font(face).fontSize(size);
  const widthOf = (text: string, style: Style): number => select(style).widthOfString(text);

  return {
    doc,
    widthOf,
    lineHeight: (style) => select(style).currentLineHeight(false) * 1.18,
    wrap(text, style, width) {
      select(style);
      return writable(doc, text)
        .split("\n")
        .flatMap((line) => wrapLine(line, width, (part) => widthOf(part, style)));
    },
    line(text, style, { x, y, align = "left" }) {
      const shown = writable(select(style), text);
      const left = align === "left" ? x : x - widthOf(shown.trimEnd(), style) / (align === "right" ? 1 : 2);
      doc.fillColor(style.colour ?? "#000000").text(shown, left, y, {
        lineBreak: false,
        oblique: style.slanted ?? false,
      });
    },
    as(role, draw) {
      if (role === "artifact") {
        doc.markContent("Artifact");
        draw();
        doc.endMarkedContent();
        return;
      }
      const element = doc.struct(role);
      root.add(element);
      element.add(doc.markStructureContent(role));
      draw();
      doc.endMarkedContent();
      element.end();
    },
    finish: () => root.end(),
  };
}

/** Makes a document with Arimo's faces, each the content of a TrueType file. */
export function createDocument(faces: Record<Face, Uint8Array>, info: PDFKit.DocumentInfo): PDFKit.PDFDocument {
  const doc = new PdfDocument({
    size: "A4",
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: "1.7",
    tagged: true,
    lang: "en-GB",
    displayTitle: true,
    info,
  });
  for (const [face, bytes] of Object.entries(faces)) doc.registerFont(face, bytes);
  return doc;
}

/** A line may end after spaces, and after a hyphen within a name. */
const breaks = /(?<= )(?=[^ ])|(?<=\p{L}-)(?=\p{L})/u;

function wrapLine(line: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(breaks)) {
    if (widthOf((current + word).trimEnd()) <= width) {
      current += word;
      continue;
    }
    if (current !== "") lines.push(current);
    current = word;
    while (widthOf(current.trimEnd()) > width && current.length > 1) {
      const cut = cutAt(current, width, widthOf);
      lines.push(current.slice(0, cut));
      current = current.slice(cut);
    }
  }
  return [...lines, current];
}

/** How many characters of a word fit into a line: at least one, and never half a character. */
function cutAt(word: string, width: number, widthOf: (text: string) => number): number {
  let cut = 0;
  for (const { segment } of new Intl.Segmenter("en-GB").segment(word)) {
    if (cut > 0 && widthOf(word.slice(0, cut + segment.length)) > width) break;
    cut += segment.length;
  }
  return cut;
}

/**
 * The text with its invisible characters dropped, tabs as spaces, and each character that the font lacks as its code,
 * so that nothing vanishes unseen (docs/decisions/050-report-font.md).
 */
function writable(doc: PDFKit.PDFDocument, text: string): string {
  const { font } = (doc as unknown as { _font: { font: { hasGlyphForCodePoint(code: number): boolean } } })._font;
  return text
    .normalize("NFC")
    .replaceAll("\t", "    ")
    .replaceAll(/[\p{Cf}\u{FE00}-\u{FE0F}]/gu, "")
    .replaceAll(/[^\n]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (font.hasGlyphForCodePoint(code)) return character;
      return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}
