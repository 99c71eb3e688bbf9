import type { DatabaseSync } from "node:sqlite";
import { fileTypeOf } from "@restante/itk3";
import type { TaskAttachment } from "../worklist.ts";
import { isHugePicture } from "./picture-size.ts";

/**
 * An attachment as a task or a report stores it. Its bytes are stored once, in the message: one attachment is served by
 * reading its part alone, and nothing is parsed for it.
 */
export interface StoredAttachment extends TaskAttachment {
  /** Where the message, in bytes, holds it as base64. Absent: in the table attachment_content. */
  at?: number;
  length?: number;
}

/** The attachments of one message, and the bytes of those that the message does not hold as plain base64. */
export interface PlacedAttachments {
  attachments: StoredAttachment[];
  contents: { number: number; content: Uint8Array }[];
}

/** Shorter ones are not worth looking for: every name in a message is a run of such characters. */
const shortest = 64;

/**
 * Decides what there is to know of attachments: what kind of file each is, and where the message holds it.
 *
 * The message is gone through once, and its runs of base64 are known by their text: so neither many attachments nor
 * attachments that are alike make it longer. A place is believed only if what stands there decodes to the very bytes.
 */
export function placeAttachments(
  message: Uint8Array,
  found: readonly (Omit<TaskAttachment, "bytes" | "fileType" | "huge"> & { content: Uint8Array })[],
): PlacedAttachments {
  const places = found.some(({ content }) => content.byteLength * 4 >= shortest * 3) ? runsOf(message) : undefined;
  const placed: PlacedAttachments = { attachments: [], contents: [] };
  for (const [number, { content, ...attachment }] of found.entries()) {
    const encoded = asBuffer(content).toString("base64");
    const at = places?.get(encoded);
    placed.attachments.push({
      ...attachment,
      bytes: content.byteLength,
      fileType: fileTypeOf(content) ?? "other",
      ...(isHugePicture(content) && { huge: true }),
      ...(at !== undefined && { at, length: encoded.length }),
    });
    if (at === undefined && content.byteLength > 0) placed.contents.push({ number, content });
  }
  return placed;
}

function runsOf(message: Uint8Array): Map<string, number> {
  const runs = new Map<string, number>();
  // A character a byte: where a run begins in the text is where it begins in the message.
  const text = asBuffer(message).toString("latin1");
  for (const { 0: run, index } of text.matchAll(/[A-Za-z0-9+/]{62,}={0,2}/g)) runs.set(run, index);
  return runs;
}

/** Part of the transaction that stores the message. */
export function addAttachmentContents(
  database: DatabaseSync,
  owner: string,
  contents: PlacedAttachments["contents"],
): void {
  const add = database.prepare("INSERT OR REPLACE INTO attachment_content (owner, number, content) VALUES (?, ?, ?)");
  for (const { number, content } of contents) add.run(owner, number, content);
}

/** The bytes of one attachment; undefined if it has not been decided yet where they are. */
export function attachmentBytes(
  database: DatabaseSync,
  attachment: StoredAttachment,
  where: { owner: string; number: number; part: (at: number, length: number) => Uint8Array | undefined },
): Uint8Array | undefined {
  if (attachment.fileType === undefined) return undefined;
  if (attachment.at !== undefined && attachment.length !== undefined) {
    const encoded = where.part(attachment.at, attachment.length);
    return encoded && Buffer.from(asBuffer(encoded).toString("latin1"), "base64");
  }
  const row = database
    .prepare("SELECT content FROM attachment_content WHERE owner = ? AND number = ?")
    .get(where.owner, where.number);
  return (row?.["content"] as Uint8Array | undefined) ?? new Uint8Array();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
