import type { AttachmentContentType } from "./consultation.ts";

/** The first bytes by which each kind of file is known. A PDF may begin with up to 1,024 other bytes; none of ours does. */
const signatures: readonly { contentType: AttachmentContentType; bytes: readonly number[] }[] = [
  { contentType: "application/pdf", bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { contentType: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { contentType: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
  { contentType: "image/tiff", bytes: [0x49, 0x49, 0x2a, 0x00] },
  { contentType: "image/tiff", bytes: [0x4d, 0x4d, 0x00, 0x2a] },
];

/** What a file is by its content, whatever its name says; undefined if it is none of the kinds that are sent and shown. */
export function fileTypeOf(content: Uint8Array): AttachmentContentType | undefined {
  return signatures.find(({ bytes }) => bytes.every((byte, at) => content[at] === byte))?.contentType;
}
