/** What a file is by its first bytes. */
const extensions: Readonly<Record<string, string>> = {
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

/**
 * How a file is called that came from elsewhere, without a point: by what it is; where that is not known, by what it claims to
 * be, or `bin`.
 *
 * @param file `fileType`: a media type, or `other` where it is none that is known
 */
export function fileExtension({ fileType, contentType }: { fileType: string; contentType: string }): string {
  // A claim may be any word: `constructor` is none of these.
  if (Object.hasOwn(extensions, fileType)) return extensions[fileType] ?? "bin";
  const claim = mediaTypeOf(contentType);
  return (Object.hasOwn(claimedExtensions, claim) ? claimedExtensions[claim] : undefined) ?? "bin";
}

/** `application/pdf` of ` Application/PDF; version=1.7`. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
