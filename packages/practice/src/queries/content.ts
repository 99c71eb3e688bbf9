import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { fileTypeOf, readMessage } from "@restante/itk3";
import { messageFileName } from "@restante/mesh";
import { PracticeError } from "../errors.ts";
import { mostOnLoop } from "../inbound/reader.ts";
import { attachmentBytes, type StoredAttachment } from "../store/attachments.ts";
import { isHugePicture } from "../store/picture-size.ts";
import type { AttachmentContent } from "../worklist.ts";
import { number, optionalText, type Row, text } from "./rows.ts";

/** The message that raised a task, as it was received. */
export function originalOf(database: DatabaseSync, keptFolder: string, taskId: number): AttachmentContent | undefined {
  const row = database
    .prepare("SELECT message_id, content FROM task JOIN received USING (message_id) WHERE task_id = ?")
    .get(taskId);
  if (row === undefined) return undefined;
  const messageId = text(row, "message_id");
  const bytes = (row["content"] as Uint8Array | null) ?? readKept(keptFolder, messageId);
  return bytes && contentOf(`${messageId}.dat`, "application/octet-stream", bytes);
}

/**
 * Set aside unread: the data file, or where there was none the control file. Kept under what stands for the message's id,
 * or, from IN, under the name that the pair had there.
 */
function readKept(keptFolder: string, messageId: string): Uint8Array | undefined {
  const path = keptFilesOf(keptFolder, messageId).find(existsSync);
  return path === undefined ? undefined : readFileSync(path);
}

/** Where the files of a message that was set aside unread may be. */
export function keptFilesOf(keptFolder: string, messageId: string): string[] {
  // An id is the server's, and may be a path.
  const names = [messageFileName(messageId), messageId].filter((name) => !/[/\\\0]/.test(name));
  return names.flatMap((name) => [`${name}.dat`, `${name}.ctl`]).map((file) => join(keptFolder, file));
}

export function taskAttachment(database: DatabaseSync, taskId: number, index: number): AttachmentContent | undefined {
  return attachmentOf(
    database,
    `SELECT message_id AS owner, json_extract(attachments, :path) AS attachment FROM task WHERE task_id = :key`,
    "SELECT substr(content, :from, :length) AS part, length(content) AS bytes FROM received WHERE message_id = :owner",
    { key: taskId, index },
  );
}

export function reportAttachment(
  database: DatabaseSync,
  headerId: string,
  index: number,
): AttachmentContent | undefined {
  return attachmentOf(
    database,
    `SELECT header_id AS owner, json_extract(attachments, :path) AS attachment FROM report WHERE header_id = :key`,
    "SELECT substr(content, :from, :length) AS part, length(content) AS bytes FROM outgoing_content WHERE header_id = :owner",
    { key: headerId, index },
  );
}

/**
 * One attachment, read from its place in the stored message: nothing is stored twice, and what is shown is what was sent.
 *
 * @throws PracticeError "document-not-ready": an earlier version stored the message, it is long, and it has not been read
 *   again yet
 */
function attachmentOf(
  database: DatabaseSync,
  found: string,
  partOf: string,
  { key, index }: { key: number | string; index: number },
): AttachmentContent | undefined {
  const row = database.prepare(found).get({ key, path: `$[${index}]` });
  const json = row && optionalText(row, "attachment");
  if (row === undefined || json === undefined) return undefined;
  const attachment = JSON.parse(json) as StoredAttachment;
  const owner = text(row, "owner");
  const part = (at: number, length: number): Uint8Array | undefined =>
    database.prepare(partOf).get({ owner, from: at + 1, length })?.["part"] as Uint8Array | undefined;
  const bytes =
    attachmentBytes(database, attachment, { owner, number: index, part }) ??
    parsed(database.prepare(partOf).get({ owner, from: 1, length: mostOnLoop + 1 }), index);
  return bytes && contentOf(attachment.title, attachment.contentType, bytes);
}

/** The claim stays the claim: what it is is looked for in the bytes that are handed out, not in what was noted of them. */
export function contentOf(title: string, contentType: string, bytes: Uint8Array): AttachmentContent {
  const fileType = fileTypeOf(bytes) ?? "other";
  return { title, contentType, bytes, fileType, ...(isHugePicture(bytes) && { huge: true }) };
}

/** Of a message that an earlier version stored and that has not been read again yet: a short one is, for this once. */
function parsed(row: Row | undefined, index: number): Uint8Array | undefined {
  if (row === undefined || row["part"] === null) return undefined;
  if (number(row, "bytes") > mostOnLoop) {
    throw new PracticeError("document-not-ready", "This document is still being prepared. Try again in a minute.");
  }
  return readMessage(row["part"] as Uint8Array).message?.attachments[index]?.bytes();
}
