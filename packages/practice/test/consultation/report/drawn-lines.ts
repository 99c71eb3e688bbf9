import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";

/** A line of a page as the eye finds it: its glyphs from left to right, whatever order they are read in. */
export interface DrawnLine {
  text: string;
  /** The shape of each glyph: two of one letter differ where the letter is joined in another way. */
  shapes: string[];
  left: number;
  right: number;
}

interface Drawn {
  x: number;
  y: number;
  glyphs: { unicode: string; fontChar: string; width: number }[];
  size: number;
}

/** The lines of the first page, from the top. */
export async function drawnLines(pdf: Uint8Array): Promise<DrawnLine[]> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const { fnArray, argsArray } = await (await document.getPage(1)).getOperatorList();
  await document.loadingTask.destroy();
  const drawn: Drawn[] = [];
  let [x, y, size] = [0, 0, 0];
  for (const [index, operation] of fnArray.entries()) {
    const args = argsArray[index] as unknown[];
    if (operation === OPS.setFont) size = args[1] as number;
    if (operation === OPS.setTextMatrix) [x, y] = Array.from(args[0] as ArrayLike<number>).slice(4) as [number, number];
    if (operation !== OPS.showText) continue;
    const glyphs = (args[0] as (Drawn["glyphs"][number] | number)[]).filter((glyph) => typeof glyph !== "number");
    drawn.push({ x, y, glyphs, size });
  }
  // What stands on one line may differ by part of a point, as a label and its larger value do.
  const rows: Drawn[][] = [];
  for (const piece of drawn.toSorted((a, b) => b.y - a.y)) {
    const row = rows.at(-1);
    if (row !== undefined && row[0]!.y - piece.y < 3) row.push(piece);
    else rows.push([piece]);
  }
  return rows.map((pieces) => {
    const placed = pieces.toSorted((a, b) => a.x - b.x);
    const glyphs = placed.flatMap((piece) => piece.glyphs);
    const last = placed.at(-1)!;
    return {
      text: glyphs.map((glyph) => glyph.unicode).join(""),
      shapes: glyphs.map((glyph) => glyph.fontChar),
      left: placed[0]!.x,
      right: last.x + last.glyphs.reduce((sum, { width }) => sum + (width * last.size) / 1000, 0),
    };
  });
}

/** Capitals as Hebrew letters, so that a test can be read whatever its editor makes of right-to-left text. */
export function hebrew(text: string): string {
  return text.replaceAll(/[A-V]/g, (letter) => String.fromCodePoint(0x5d0 + letter.charCodeAt(0) - 65));
}

/** The way back. */
export function capitals(text: string): string {
  return text.replaceAll(/[\u05D0-\u05E5]/g, (letter) => String.fromCodePoint(65 + letter.charCodeAt(0) - 0x5d0));
}
