import { encode } from "uqr";

/** A QR code as the path of an SVG, in squares of one unit, with the white edge that readers ask for (ISO/IEC 18004). */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { path: squares.join(""), size };
}
