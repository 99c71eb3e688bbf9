import { createHash } from "node:crypto";
import { fileExtension } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { originalOf, taskAttachment } from "../queries/content.ts";
import { present } from "../queries/rows.ts";
import { readTask } from "../queries/tasks.ts";
import type { WaitingFiling } from "../store/filings.ts";
import type { AttachmentContent, TaskAttachment } from "../worklist.ts";
import type { FileToSave } from "./folder.ts";
import { metadataOf, type SavedFile } from "./metadata.ts";

/** What is written of a document, known once all of it is. */
export interface Contents {
  /** One after the other, each in memory for as long as it is written; `metadata.json` the last. */
  files: AsyncIterable<FileToSave>;
  writtenAt: Date;
  /** Of `metadata.json`. */
  digest: () => string;
  /** How many files, and all their bytes. */
  size: () => { files: number; bytes: number };
}

/** @throws PracticeError "nothing-to-save", "message-unread", and as it goes on "document-not-ready" */
export async function contentsOf(context: PracticeContext, filing: WaitingFiling): Promise<Contents> {
  const { database, keptFolder, reader, clock } = context;
  const { taskId } = filing;
  const task = readTask(database, taskId);
  const original = originalOf(database, keptFolder, taskId)?.bytes;
  if (task === undefined || original === undefined) {
    throw new PracticeError("nothing-to-save", "The message is not kept any more, so there is nothing to save.");
  }
  const { workflowId, subject } = task;
  const { document } = await reader.read({ content: original, workflowId, subject });
  const writtenAt = clock.now();
  const saved: SavedFile[] = [];
  let size = 0;
  let digest = "";

  async function* files(): AsyncGenerator<FileToSave> {
    for (const [index, attachment] of (task?.attachments ?? []).entries()) {
      const content = taskAttachment(database, taskId, index);
      if (content === undefined) continue;
      const name = `document-${String(index + 1).padStart(2, "0")}.${fileExtension(content)}`;
      yield added({ ...factsOf(attachment, content), name }, content.bytes);
    }
    const isXml = startsAsXml(original!);
    const mediaType = isXml ? "application/xml" : null;
    yield added({ name: `message.${isXml ? "xml" : "dat"}`, role: "message", mediaType }, original!);
    const identity = present({ setId: document?.setId, kind: document?.kind, replaces: document?.replaces });
    const metadata = metadataOf(context, { task: task!, filing, writtenAt, identity, files: saved });
    const bytes = Buffer.from(`${JSON.stringify(metadata, undefined, 2)}\n`);
    digest = sha256(bytes);
    size += bytes.byteLength;
    yield { name: "metadata.json", bytes };
  }

  function added(facts: Omit<SavedFile, "bytes" | "sha256">, bytes: Uint8Array): FileToSave {
    saved.push({ ...facts, bytes: bytes.byteLength, sha256: sha256(bytes) });
    size += bytes.byteLength;
    return { name: facts.name, bytes };
  }

  return { files: files(), writtenAt, digest: () => digest, size: () => ({ files: saved.length + 1, bytes: size }) };
}

function factsOf(
  { title, contentType, primary, damaged, repaired, modified }: TaskAttachment,
  { fileType }: AttachmentContent,
): Omit<SavedFile, "name" | "bytes" | "sha256"> {
  return {
    role: primary ? "report" : "attachment",
    title,
    mediaTypeClaimed: contentType,
    mediaType: fileType === "other" ? null : fileType,
    ...present({ damaged, repaired, modified }),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Behind a byte order mark, or not. */
function startsAsXml(bytes: Uint8Array): boolean {
  return /^\uFEFF?\s*</.test(Buffer.from(bytes.subarray(0, 100)).toString("utf8"));
}
