// Reads a PDF, and draws its pages for paper.
import { getDocument, GlobalWorkerOptions } from "../pdfjs/pdf.min.mjs";

GlobalWorkerOptions.workerSrc = "/assets/pdfjs/pdf.worker.min.mjs";

/** A page is never drawn larger than this many pixels: browsers refuse larger pictures, or run out of memory. */
export const mostPixels = 16_000_000;
/** Across a sheet of A4, at 150 dots an inch. */
export const legibleWidth = 1240;

export async function openPdf(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return getDocument({
    data: new Uint8Array(await answer.arrayBuffer()),
    cMapUrl: "/assets/cmaps/",
    cMapPacked: true,
    standardFontDataUrl: "/assets/fonts/",
    wasmUrl: "/assets/wasm/",
    // The pages' content security policy allows neither.
    useWasm: false,
    isEvalSupported: false,
    enableXfa: false,
  }).promise;
}

/** Every page whole, its shorter side of so many pixels; undefined where one would be too large to be drawn. */
export async function drawForPaper(pdf, width) {
  const drawn = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: width / Math.min(natural.width, natural.height) });
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    if (canvas.width * canvas.height > mostPixels) return undefined;
    await page.render({ canvas, viewport, intent: "print" }).promise;
    drawn.push(canvas);
  }
  return drawn;
}

export function count(pages) {
  return pages === 1 ? "1 page" : `${pages} pages`;
}
