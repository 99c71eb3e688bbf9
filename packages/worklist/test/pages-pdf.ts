/** A4, in points. */
export const upright: readonly [number, number] = [595, 842];
export const lying: readonly [number, number] = [842, 595];

/** A PDF of pages of these sizes, each with a blue frame at its very edge and its number in the middle. */
export function pagesPdf(sizes: readonly (readonly [number, number])[]): Uint8Array {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Count ${sizes.length}/Kids[${sizes.map((_, index) => `${4 + 2 * index} 0 R`).join(" ")}]>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ...sizes.flatMap(([width, height], index) => {
      const frame = `0 0.369 0.722 RG 8 w 4 4 ${width - 8} ${height - 8} re S`;
      const drawn = `${frame} BT /F 48 Tf ${width / 2 - 60} ${height / 2} Td (Page ${index + 1}) Tj ET`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Resources<</Font<</F 3 0 R>>>>/Contents ${5 + 2 * index} 0 R>>`,
        `<</Length ${drawn.length}>>stream\n${drawn}\nendstream`,
      ];
    }),
  ];
  return pdfOf(objects);
}

/** A PDF of these objects, numbered from 1, of which the first is its catalogue. */
export function pdfOf(objects: readonly string[]): Buffer {
  let text = "%PDF-1.7\n";
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  return Buffer.from(
    `${text}${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`,
  );
}
