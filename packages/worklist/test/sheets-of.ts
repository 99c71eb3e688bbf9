import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";

/** A sheet of what a browser printed: its words, how many pictures are on it, and whether it lies. */
export interface Sheet {
  text: string;
  pictures: number;
  lies: boolean;
}

export async function sheetsOf(pdf: Uint8Array): Promise<Sheet[]> {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const sheets: Sheet[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const sheet = await document.getPage(number);
    const { items } = await sheet.getTextContent();
    const { fnArray } = await sheet.getOperatorList();
    const { width, height } = sheet.getViewport({ scale: 1 });
    sheets.push({
      text: items.map((item) => ("str" in item ? item.str : "")).join(" "),
      pictures: fnArray.filter((operation) => operation === OPS.paintImageXObject).length,
      lies: width > height,
    });
  }
  return sheets;
}
