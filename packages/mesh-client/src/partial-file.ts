// A message that is not whole yet, beside the file that it will be:
//
//   .<digest>.partial   whole chunks, one after another; behind them perhaps a part of the next
//   .<digest>.json      how many chunks those are, and of which message: written, synced, after the chunk itself is
//
// So what the second says is there, is there, whatever was killed when; what is behind it is cut off before it goes on. The
// digest is of mailbox, message and file: nothing in the names, or in the second, names a patient.

import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rm, stat, truncate } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isMissing, moveFile, syncFile, systemReason, writeWhole } from "@restante/durable/files";
import type { MailboxId, MessageId, MexHeaders } from "@restante/mesh";
import { asRecord } from "./answers.ts";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";

/** What of a message is on disk. */
export interface Kept {
  readonly version: 1;
  /** By what the message is known again: a digest of each header that says something of it. */
  readonly marks: Readonly<Record<string, string>>;
  /** How many chunks the message has, and how many of them are there. */
  readonly chunks: number;
  readonly done: number;
  /** Of those that are there. */
  readonly bytes: number;
  /** How they are still encoded; null: not. */
  readonly contentEncoding: string | null;
}

export interface PartialFile {
  readonly path: string;
  /** What an earlier download has left, if it can be gone on with. */
  readonly read: () => Promise<Kept | undefined>;
  /** Opens it for writing behind so many bytes; what is behind them goes. */
  readonly open: (bytes: number) => Promise<FileHandle>;
  /** So much is on disk, and known to be, when this resolves. */
  readonly keep: (kept: Kept) => Promise<void>;
  /** Gives it its name, in place of what is there. It has so many bytes. */
  readonly finish: (bytes: number) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export function partialFile(
  target: string,
  of: { readonly mailboxId: MailboxId; readonly messageId: MessageId; readonly decode: boolean },
): PartialFile {
  const folder = dirname(resolve(target));
  const digest = digestOf([of.mailboxId, of.messageId, String(of.decode), basename(target)].join("\0"));
  const path = join(folder, `.${digest}.partial`);
  const notes = `.${digest}.json`;

  const size = async (): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? -1;

  /** What another process that downloads the same message to the same file has of it must not be taken for ours. */
  function checkOurs(isOurs: boolean): void {
    if (isOurs) return;
    const what = "The file to be downloaded to cannot be written: another program downloads the same message to it.";
    throw new MeshClientError("file-unusable", what, { retry: "safe" });
  }

  return {
    path,
    async read() {
      const text = await readFile(join(folder, notes), "utf8").catch(() => undefined);
      const kept = text === undefined ? undefined : readKept(text);
      return kept !== undefined && (await size()) >= kept.bytes ? kept : undefined;
    },
    async open(bytes) {
      // One that was begun anew meanwhile would be filled with zeros.
      checkOurs(bytes === 0 || (await size()) >= bytes);
      if (bytes === 0) await rm(path, { force: true });
      else await truncate(path, bytes);
      return open(path, bytes === 0 ? "ax" : "a", 0o600);
    },
    async keep(kept) {
      checkOurs((await size()) === kept.bytes);
      await syncFile(path);
      await writeWhole(folder, notes, JSON.stringify(kept));
    },
    async finish(bytes) {
      await syncFile(path);
      checkOurs((await size()) === bytes);
      await moveFile(path, target);
      await rm(join(folder, notes), { force: true });
    },
    async remove() {
      // The notes first: without them nothing is taken for whole.
      await rm(join(folder, notes), { force: true });
      await rm(path, { force: true });
    },
  };
}

function readKept(text: string): Kept | undefined {
  let kept: Readonly<Record<string, unknown>>;
  try {
    kept = asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { version, marks, chunks, done, bytes, contentEncoding } = kept;
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  const isRight =
    version === 1 &&
    Object.values(asRecord(marks)).every((mark) => typeof mark === "string") &&
    (contentEncoding === null || typeof contentEncoding === "string") &&
    isNumber(chunks) &&
    isNumber(done) &&
    isNumber(bytes) &&
    done > 0 &&
    done < chunks;
  return isRight ? ({ ...kept, marks: asRecord(marks) } as unknown as Kept) : undefined;
}

const marking: readonly (keyof MexHeaders)[] = [
  "messageId",
  "from",
  "to",
  "workflowId",
  "localId",
  "subject",
  "fileName",
  "checksum",
  "statusTimestamp",
  "totalChunks",
];

/** By what a message is known again. */
export function marksOf(headers: MexHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    marking.flatMap((header) => {
      const text = headers[header];
      return text === undefined ? [] : [[header, digestOf(text)]];
    }),
  );
}

/** Whether nothing that both say differs. Not every server says with each chunk what it says with the first. */
export function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return Object.entries(one).every(([header, mark]) => other[header] === undefined || other[header] === mark);
}

/** As `isSame`, and something besides the id shows it: an id alone may have come to stand for another message. */
export function isKnownAgain(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return isSame(one, other) && Object.keys(one).some((header) => header !== "messageId" && header in other);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** What the disk refuses, without the path, which may name a patient. */
export function asFileError(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof MeshClientError || code === undefined) return error;
  const reason = isMissing(error) ? "its folder is not there" : systemReason(error);
  return new MeshClientError("file-unusable", `The file to be downloaded to cannot be written: ${reason}.`, {
    cause: new Error(code),
    retry: "safe",
  });
}
