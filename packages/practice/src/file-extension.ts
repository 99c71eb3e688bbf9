import type { AttachmentContent } from "./worklist.ts";

const extensions: Readonly<Record<Exclude<AttachmentContent["fileType"], "other">, string>> = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/tiff": "tif",
};

/** The claim decides no more than what a file is called, so that a person's computer can open it. */
const claimedExtensions: Readonly<Record<string, string>> = {
  "text/plain": "txt",
  "text/rtf": "rtf",
  "application/rtf": "rtf",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
};

/** How a file is called that came from elsewhere: by what it is; where that is not known, by what it claims to be, or `bin`. */
export function fileExtension({ fileType, contentType }: Pick<AttachmentContent, "fileType" | "contentType">): string {
  if (fileType !== "other") return extensions[fileType];
  const claim = mediaType(contentType);
  // A claim may be any word: `constructor` is none of these.
  return (Object.hasOwn(claimedExtensions, claim) ? claimedExtensions[claim] : undefined) ?? "bin";
}

/** `application/pdf` of ` Application/PDF; version=1.7`. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
