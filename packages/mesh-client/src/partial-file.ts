// A message that is not whole yet, beside the file that it will be:
//
//   .<digest>.<random>.partial   whole chunks, one after another; behind them perhaps a part of the next
//   .<digest>.json               which of those it is, how many chunks are there, and of which message: written, synced, after
//                                the chunk itself is
//
// So what the second says is there, is there, whatever was killed when; what is behind it is cut off before it goes on. The
// digest is of mailbox, message and file: nothing in the names, or in the second, names a patient.
//
// Each call has a name of its own for the first, and makes the file or takes it over under that: what it gives the target's name
// is what it has begun itself, or has on disk by the notes and has written on from there. If another process takes it over, or
// begins anew, that name is gone, and the call fails: one of two ends, and its file is whole. What the slower may still write
// into it is the same bytes at the same places.

import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isMissing, moveFile, syncFile, systemReason, writeWhole } from "@restante/durable/files";
import type { MailboxId, MessageId } from "@restante/mesh";
import { asRecord } from "./answers.ts";
import { fileUnusable } from "./download-claim.ts";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type MessageMarks, shortDigest } from "./message-marks.ts";

/** What of a message is on disk. */
export interface Kept {
  readonly version: 1;
  readonly marks: MessageMarks;
  /** How many chunks the message has, and how many of them are there. */
  readonly chunks: number;
  readonly done: number;
  /** Of those that are there. */
  readonly bytes: number;
  /** How they are still encoded; null: not. */
  readonly contentEncoding: string | null;
}

/** What an earlier call has left, and the name of its file. */
export interface Left extends Kept {
  readonly file: string;
}

export interface PartialFile {
  /** What says who downloads it. */
  readonly holder: string;
  /**
   * What an earlier download has left, if it can be gone on with; if not, it is removed.
   *
   * @param wasKilled there may be something of it although nothing is noted
   */
  readonly read: (wasKilled: boolean) => Promise<Left | undefined>;
  /** From here on it is this call's. */
  readonly takeOver: (left: Left) => Promise<void>;
  /** Writes what comes behind so many bytes, and gives how much that was. On failure what it wrote goes: it takes room. */
  readonly write: (behind: number, pieces: AsyncIterable<Buffer>) => Promise<number>;
  /** So much is on disk, and known to be, when this resolves. */
  readonly keep: (kept: Kept) => Promise<void>;
  /** Gives it its name, in place of what is there. It has so many bytes. */
  readonly finish: (bytes: number) => Promise<void>;
  /** Also what others have left of the message. */
  readonly remove: () => Promise<void>;
}

export function partialFile(
  target: string,
  of: { readonly mailboxId: MailboxId; readonly messageId: MessageId; readonly decode: boolean },
): PartialFile {
  const folder = dirname(resolve(target));
  const digest = shortDigest([of.mailboxId, of.messageId, String(of.decode), basename(target)].join("\0"));
  const file = `.${digest}.${randomUUID()}.partial`;
  const path = join(folder, file);
  const notes = `.${digest}.json`;

  /** Throws if another call has taken the file, or what is in it is not what this one wrote. */
  async function checkOurs(isOurs: (size: number) => boolean): Promise<void> {
    if (!isOurs(await sizeOf(path))) throw taken();
  }

  async function openBehind(bytes: number): Promise<FileHandle> {
    if (bytes === 0) return open(path, "wx", 0o600);
    await checkOurs((size) => size >= bytes);
    await truncate(path, bytes);
    return open(path, "r+");
  }

  async function cutOff(behind: number): Promise<void> {
    // By its name, which is gone if another call has the file.
    await (behind === 0 ? rm(path, { force: true }) : truncate(path, behind)).catch(() => undefined);
  }

  async function remove(): Promise<void> {
    // The notes first: without them nothing is taken for whole.
    await rm(join(folder, notes), { force: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith(`.${digest}.`) && name.endsWith(".partial")) await rm(join(folder, name), { force: true });
    }
  }

  return {
    holder: join(folder, `.${digest}.holder`),
    async read(wasKilled) {
      const text = await readFile(join(folder, notes), "utf8").catch(() => undefined);
      const left = text === undefined ? undefined : readNotes(text);
      if (left !== undefined && (await sizeOf(join(folder, left.file))) >= left.bytes) return left;
      if (wasKilled || text !== undefined) await remove();
      return undefined;
    },
    async takeOver(left) {
      await moveFile(join(folder, left.file), path).catch((error: unknown) => {
        throw isMissing(error) ? taken() : error;
      });
      // Killed before this, nothing is known of what is there, and the message is begun anew.
      await writeWhole(folder, notes, JSON.stringify({ ...left, file }));
    },
    async write(behind, pieces) {
      let at = behind;
      const handle = await openBehind(behind);
      try {
        for await (const piece of pieces) {
          await writeAt(handle, piece, at);
          at += piece.length;
        }
        return at - behind;
      } catch (error) {
        await cutOff(behind);
        throw error;
      } finally {
        await handle.close();
      }
    },
    async keep(kept) {
      await checkOurs((size) => size === kept.bytes);
      await syncFile(path);
      await writeWhole(folder, notes, JSON.stringify({ ...kept, file }));
    },
    async finish(bytes) {
      await checkOurs((size) => size === bytes);
      await syncFile(path);
      await moveFile(path, target).catch(async (error: unknown) => {
        throw (await sizeOf(path)) < 0 && (await sizeOf(folder)) >= 0 ? taken() : error;
      });
      await rm(join(folder, notes), { force: true });
    },
    remove,
  };
}

/** Less than none if it is not there. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? -1;
}

/** At a place of its own, not at the end: another process may have the same file open. */
async function writeAt(handle: FileHandle, piece: Buffer, at: number): Promise<void> {
  for (let written = 0; written < piece.length;) {
    written += (await handle.write(piece, written, piece.length - written, at + written)).bytesWritten;
  }
}

function readNotes(text: string): Left | undefined {
  let kept: Readonly<Record<string, unknown>>;
  try {
    kept = asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
  const { version, file, marks, chunks, done, bytes, contentEncoding } = kept;
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  const isRight =
    version === 1 &&
    typeof file === "string" &&
    basename(file) === file &&
    Object.values(asRecord(marks)).every((mark) => typeof mark === "string") &&
    (contentEncoding === null || typeof contentEncoding === "string") &&
    isNumber(chunks) &&
    isNumber(done) &&
    isNumber(bytes) &&
    done > 0 &&
    done < chunks;
  return isRight ? ({ ...kept, marks: asRecord(marks) } as unknown as Left) : undefined;
}

function taken(): MeshClientError {
  return fileUnusable("what was there of it is gone, and another process perhaps downloads the same message to it");
}

/** What the disk refuses. */
export function asFileError(error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof MeshClientError || code === undefined) return error;
  return fileUnusable(isMissing(error) ? "its folder is not there" : systemReason(error), { cause: new Error(code) });
}
