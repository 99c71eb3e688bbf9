import { fileExtension, mediaTypeOf } from "@restante/mesh";
import type { AttachmentContent, TaskAttachment } from "@restante/practice";
import { numberIn, refusal, type Reply, type Request } from "@restante/web";
import { refusals } from "./words/refusals.ts";

/** How a browser may treat a file that came from elsewhere. */
interface FileHandling {
  /** What it is sent as, by its content; what it claims to be is never believed. */
  contentType: string;
  /** Browsers can show it: `pdf` in their own reader, `image` in a page. Everything else is only downloaded. */
  shown?: "pdf" | "image";
}

type KnownFileType = Exclude<AttachmentContent["fileType"], "other">;

const kinds: Readonly<Record<KnownFileType, FileHandling>> = {
  "application/pdf": { contentType: "application/pdf", shown: "pdf" },
  "image/png": { contentType: "image/png", shown: "image" },
  "image/jpeg": { contentType: "image/jpeg", shown: "image" },
  "image/tiff": { contentType: "image/tiff" },
};

const otherFile: FileHandling = { contentType: "application/octet-stream" };

/** One document of a message, as a page lists it. */
export interface DocumentLink extends TaskAttachment {
  url: string;
  /** Such as `PDF`. */
  kind: string;
  shown: FileHandling["shown"];
  /** What its sender says that it is, where by its first bytes it is something else. */
  claims?: string;
}

/** Larger ones are offered for download: a browser would stall on them. */
const largestShown = 20_000_000;

/** By what was decided when the message was taken in. Not decided yet: by its claim, found out when the file is sent. */
export function documentLink(base: string, attachment: TaskAttachment, index: number): DocumentLink {
  const claimed = mediaTypeOf(attachment.contentType);
  const type = attachment.fileType ?? claimed;
  const fileType = Object.hasOwn(kinds, type) ? (type as KnownFileType) : "other";
  const { shown } = fileType === "other" ? otherFile : kinds[fileType];
  const extension = fileExtension({ fileType, contentType: claimed });
  return {
    ...attachment,
    url: `${base}/attachments/${index}`,
    kind: extension === "bin" ? "Unknown kind" : extension.toUpperCase(),
    shown: attachment.bytes <= largestShown && !attachment.damaged && !attachment.huge ? shown : undefined,
    ...(isOtherThan(attachment.fileType, claimed) && { claims: attachment.contentType }),
  };
}

const otherNames: Readonly<Record<string, string>> = {
  "application/x-pdf": "application/pdf",
  "image/jpg": "image/jpeg",
  "image/pjpeg": "image/jpeg",
  "image/x-png": "image/png",
  "image/tif": "image/tiff",
};

/** Of a file that nothing is known of, only that it is none of those that are known by their content. */
function isOtherThan(fileType: TaskAttachment["fileType"], claimed: string): boolean {
  const claim = otherNames[claimed] ?? claimed;
  if (fileType === undefined || claim === "" || claim === "application/octet-stream") return false;
  return fileType === "other" ? Object.hasOwn(kinds, claim) : claim !== fileType;
}

/**
 * Sends a file that came from elsewhere. `name` is made of ids, never of a title, because titles hold patient details.
 *
 * @param download Absent: shown by the browser where it can.
 */
export function sendFile(reply: Reply, content: AttachmentContent, name: string, download: boolean): Reply {
  const { contentType, shown } = content.fileType === "other" ? otherFile : kinds[content.fileType];
  const disposition = shown === undefined || content.huge || download ? "attachment" : "inline";
  // A sandbox would be safer still for a PDF, but browsers then refuse to show it. None of them lets it script this site.
  const policy = shown === "pdf" ? "frame-ancestors 'none'" : "default-src 'none'; frame-ancestors 'none'; sandbox";
  return reply
    .header("content-security-policy", policy)
    .header("content-disposition", `${disposition}; filename="${name}.${fileExtension(content)}"`)
    .type(contentType)
    .send(asBuffer(content.bytes));
}

interface Attachments {
  /** Whose they are, in a sentence. */
  of: "task" | "report";
  /** Such as `task-12`. */
  name: string;
  /** Counted from 0. */
  read: (index: number) => Promise<AttachmentContent | undefined>;
}

/** Sends the attachment that an address names by its number. */
export async function sendAttachment(request: Request, reply: Reply, { of, name, read }: Attachments): Promise<Reply> {
  const index = numberIn(request.params as Readonly<Record<string, unknown>>, "index");
  const content = index === undefined ? undefined : await read(index);
  if (content === undefined) throw refusal(404, refusals[`no-attachment-of-${of}`]);
  const isDownload = "download" in (request.query as object);
  return sendFile(reply, content, `${name}-document-${Number(index) + 1}`, isDownload);
}

/** A message as it was received: looked at by an engineer, never by a browser. */
export function sendOriginal(reply: Reply, content: AttachmentContent, name: string): Reply {
  return reply
    .header("content-disposition", `attachment; filename="${name}.dat"`)
    .type("application/octet-stream")
    .send(asBuffer(content.bytes));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
