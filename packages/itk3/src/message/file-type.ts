import { refuseNoBytes } from "../input/message-input.ts";

/** The kinds of file that are known by their content. */
export type KnownFileType = "application/pdf" | "image/png" | "image/jpeg" | "image/tiff";

const signatures: readonly { type: KnownFileType; bytes: readonly number[] }[] = [
  { type: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
  { type: "image/tiff", bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: "image/tiff", bytes: [0x4d, 0x4d, 0x00, 0x2a] },
];

/** As many bytes may stand before a PDF's own first ones (ISO 32000-1, annex H.3.4.1). */
const mostBeforePdf = 1024;

/**
 * What a file is by its first bytes, whatever its name or its sender says; undefined where it is none of these.
 *
 * @throws Itk3Error `input-invalid` where it is given no bytes
 */
export function fileTypeOf(content: Uint8Array): KnownFileType | undefined {
  refuseNoBytes(content);
  const known = signatures.find(({ bytes }) => bytes.every((byte, at) => content[at] === byte));
  if (known !== undefined) return known.type;
  return Buffer.from(content.subarray(0, mostBeforePdf + 5)).includes("%PDF-") ? "application/pdf" : undefined;
}
