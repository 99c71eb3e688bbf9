import { open, realpath, stat } from "node:fs/promises";
import { isAbsolute, resolve, sep } from "node:path";
import { fileTypeOf } from "@restante/itk3";
import type { AttachmentContentType } from "./consultation.ts";
import { asSpeltOnDisk } from "./spelt-on-disk.ts";

export type AttachmentFile = { bytes: Uint8Array; contentType: AttachmentContentType } | { problem: string };

export interface AttachmentBounds {
  /** Bytes that all attachments together may have, and how many of them are left for this one. */
  limit: number;
  left: number;
  /** What the consultation file says the attachment is. */
  claimed?: AttachmentContentType | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads one attachment of a consultation file, or says in words what is wrong with it.
 *
 * Only files inside `folder` are read, links followed: a consultation file that came from elsewhere must not be able to
 * send other documents of this machine (docs/decisions/051-consultation-files.md).
 */
export async function readAttachmentFile(
  folder: string,
  name: string,
  { limit, left, claimed, signal }: AttachmentBounds,
): Promise<AttachmentFile> {
  const outside = { problem: `must be a file inside the folder of the consultation file, which "${name}" is not` };
  const root = await realpath(folder);
  if (isAbsolute(name) || !isInside(resolve(root, name), root)) return outside;

  let path: string;
  try {
    const spelt = await asSpeltOnDisk(root, resolve(root, name));
    if (spelt === undefined) {
      return { problem: `names "${name}", which several files are called whose accents are only spelt differently` };
    }
    path = await realpath(spelt);
  } catch (error) {
    return { problem: unreadable(name, error) };
  }
  if (!isInside(path, root)) return outside;

  signal?.throwIfAborted();
  try {
    // Before it is opened: opening a pipe would wait for its other end.
    const about = await stat(path);
    if (!about.isFile()) return { problem: `names "${name}", which is not a file` };
    if (about.size > left) {
      const megabytes = (limit / 1_000_000).toLocaleString("en-GB", { maximumFractionDigits: 1 });
      return { problem: `names "${name}", with which the attachments come to more than ${megabytes} MB` };
    }
    await using file = await open(path);
    // One byte more than expected, so that a file that grows meanwhile is still refused rather than cut.
    const buffer = new Uint8Array(about.size + 1);
    const bytes = buffer.subarray(0, (await file.read(buffer, 0, buffer.length, 0)).bytesRead);
    if (bytes.length > about.size) return { problem: `names "${name}", which changed while it was read` };
    const contentType = fileTypeOf(bytes);
    if (contentType === undefined) return { problem: `names "${name}", which is not a PDF, PNG, JPEG or TIFF file` };
    if (claimed !== undefined && claimed !== contentType) {
      return { problem: `names "${name}", whose content is ${contentType}, not ${claimed}` };
    }
    return { bytes, contentType };
  } catch (error) {
    signal?.throwIfAborted();
    return { problem: unreadable(name, error) };
  }
}

function isInside(path: string, root: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function unreadable(name: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  if (code === "ENOENT" || code === "ENOTDIR")
    return `names "${name}", which is not in the folder of the consultation file`;
  return `names "${name}", which cannot be read (${code})`;
}
