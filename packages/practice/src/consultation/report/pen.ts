import PdfDocument from "pdfkit";
import { type Fonts, mainFont, registerFonts } from "./fonts.ts";
import { setLines, type TextLine, type TextStyle } from "./text-line.ts";

export interface Style extends TextStyle {
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
  /** The lines that the text takes, line breaks kept, words longer than a line cut. */
  wrap(text: string, style: Style, width: number): TextLine[];
  lineHeight(style: Style): number;
  /** One line with its left, right or middle at `x` and its top at `y`. */
  line(line: TextLine | string, style: Style, at: { x: number; y: number; align?: "left" | "right" | "center" }): void;
  /** What is drawn meanwhile is one element of the document; as an artifact it is not read out. */
  as(role: Role, draw: () => void): void;
  finish(): void;
}

export function createPen(doc: PDFKit.PDFDocument): Pen {
  const root = doc.struct("Document");
  doc.addStructure(root);
  const select = ({ face, size }: Style): PDFKit.PDFDocument => doc.font(mainFont(face)).fontSize(size);

  return {
    doc,
    lineHeight: (style) => select(style).currentLineHeight(false) * 1.18,
    wrap: (text, style, width) => setLines(doc, text, style, width),
    line(line, style, { x, y, align = "left" }) {
      for (const shown of typeof line === "string" ? setLines(doc, line, style) : [line]) {
        const left = align === "left" ? x : x - shown.width / (align === "right" ? 1 : 2);
        doc.fillColor(style.colour ?? "#000000");
        drawPieces(doc, shown, style, left, y);
      }
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

function drawPieces(doc: PDFKit.PDFDocument, { pieces }: TextLine, style: Style, left: number, y: number): void {
  const main = mainFont(style.face);
  const { _font: font } = doc.font(main) as unknown as { _font: { ascender: number } };
  // All fonts of a line stand on the line of its main one.
  const ascent = (font.ascender / 1000) * style.size;
  let inSpan = false;
  for (const piece of pieces) {
    // A reader works the reading order out from what is seen. A span of its own keeps what stands beside it out of that.
    if (piece.turned !== inSpan) {
      if (inSpan) doc.endMarkedContent();
      else doc.markContent("Span");
      inSpan = piece.turned;
    }
    doc
      .font(piece.font)
      .fontSize(style.size)
      .text(piece.text, left + piece.x, y, {
        lineBreak: false,
        oblique: style.slanted ?? false,
        ...(piece.font !== main && { baseline: -ascent }),
        // pdfkit lays out text without features word by word, which would leave the words in their reading order.
        ...(piece.whole && { features: [] }),
      });
  }
  if (inSpan) doc.endMarkedContent();
}

/** Makes a document that knows the fonts of a report. */
export function createDocument(fonts: Fonts, info: PDFKit.DocumentInfo): PDFKit.PDFDocument {
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
  registerFonts(doc, fonts);
  return doc;
}
