import type { AssetFolder } from "@restante/web";

// The build for older browsers: practices cannot all update theirs at once.
const pdfjs = new URL("legacy/build/", import.meta.resolve("pdfjs-dist/package.json"));
const pdfjsRoot = new URL("../../", pdfjs);

/** The pages' own script and style, and the reader that shows a PDF in a page. */
export const assets: Readonly<Record<string, AssetFolder>> = {
  own: { folder: new URL("assets/", import.meta.url), names: /^[a-z-]+\.(css|js)$/ },
  pdfjs: { folder: pdfjs, names: /^pdf(\.worker)?\.min\.mjs$/ },
  pdfweb: { folder: new URL("../web/", pdfjs), names: /^pdf_viewer\.css$/ },
  cmaps: { folder: new URL("cmaps/", pdfjsRoot), names: /^[A-Za-z0-9-]+\.bcmap$/ },
  fonts: { folder: new URL("standard_fonts/", pdfjsRoot), names: /^[A-Za-z-]+\.(pfb|ttf)$/ },
  wasm: { folder: new URL("wasm/", pdfjsRoot), names: /^[a-z0-9_-]+\.(js|wasm)$/ },
};
