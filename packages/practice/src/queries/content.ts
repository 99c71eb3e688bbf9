import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { readMessage } from "@restante/itk3";
import { messageFileName } from "@restante/mesh";
import type { AttachmentContent } from "../worklist.ts";
import { text } from "./rows.ts";

/** The message that raised a task, as it was received. */
export function originalOf(database: DatabaseSync, keptFolder: string, taskId: number): AttachmentContent | undefined {
  const row = database
    .prepare("SELECT message_id, content FROM task JOIN received USING (message_id) WHERE task_id = ?")
    .get(taskId);
  if (row === undefined) return undefined;
  const messageId = text(row, "message_id");
  const bytes = (row["content"] as Uint8Array | null) ?? readKept(keptFolder, messageId);
  return bytes && { title: `${messageId}.dat`, contentType: "application/octet-stream", bytes };
}

/**
 * Set aside unread: the data file, or where there was none the control file. Kept under what stands for the message's id,
 * or, from IN, under the name that the pair had there.
 */
function readKept(keptFolder: string, messageId: string): Uint8Array | undefined {
  // An id is the server's, and may be a path.
  const names = [messageFileName(messageId), messageId].filter((name) => !/[/\\\0]/.test(name));
  const files = names.flatMap((name) => [`${name}.dat`, `${name}.ctl`]);
  const path = files.map((file) => join(keptFolder, file)).find(existsSync);
  return path === undefined ? undefined : readFileSync(path);
}

export function taskAttachment(database: DatabaseSync, taskId: number, index: number): AttachmentContent | undefined {
  const row = database
    .prepare("SELECT content FROM task JOIN received USING (message_id) WHERE task_id = ?")
    .get(taskId);
  return attachmentIn(row?.["content"] as Uint8Array | null | undefined, index);
}

export function reportAttachment(
  database: DatabaseSync,
  headerId: string,
  index: number,
): AttachmentContent | undefined {
  const row = database
    .prepare("SELECT content FROM report JOIN outgoing_content USING (header_id) WHERE header_id = ?")
    .get(headerId);
  return attachmentIn(row?.["content"] as Uint8Array | null | undefined, index);
}

/** Read again from the stored message: nothing is stored twice, and what is shown is what was sent. */
function attachmentIn(content: Uint8Array | null | undefined, index: number): AttachmentContent | undefined {
  const attachment = content ? readMessage(content).message?.attachments[index] : undefined;
  return (
    attachment && {
      title: attachment.title ?? `Attachment ${index + 1}`,
      contentType: attachment.contentType,
      bytes: attachment.bytes(),
    }
  );
}
