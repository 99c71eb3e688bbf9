// A message as a file: whole under its name, or not at all.
//
//   (nothing) --chunk by chunk--> partial, of whole chunks --the last one is there--> synced, renamed: the file
//                                    |    ^
//                                    '----'  killed, connection lost: the next call goes on behind the chunks that are there
//
// Going on, the next chunk says of which message it is: if that is not the one whose chunks are there, those are thrown away.

import { stat } from "node:fs/promises";
import type { MessageId, MexHeaders } from "@restante/mesh";
import { checkMessageId, invalid } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { claimDownload } from "./download-claim.ts";
import { type DownloadOptions, type ReadDownloadOptions, readDownloadOptions, tooLarge } from "./download.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import {
  checkPlace,
  contentTypeOf,
  countChunks,
  damaged,
  encodingLeft,
  encodingOf,
  fetchChunk,
  readChunk,
  readHeaders,
  release,
} from "./message-chunk.ts";
import { isKnownAgain, isSame, marksOf } from "./message-marks.ts";
import { asFileError, type Kept, type Left, type PartialFile, partialFile } from "./partial-file.ts";
import { type MeshReport, readReport } from "./report.ts";
import type { Answer } from "./transport.ts";

export interface DownloadedFile {
  readonly headers: MexHeaders;
  /** What the message says if it is a report: that has no body, and no file is written for it. */
  readonly report: MeshReport | undefined;
  /** How the file is still encoded: with `decode: false`, or where it is another way than gzip. */
  readonly contentEncoding: string | undefined;
  readonly contentType: string | undefined;
  /** From 1; a report has 0 or 1. */
  readonly chunks: number;
  /** Of the file. */
  readonly bytes: number;
  /** How many of the chunks were there before, and were not fetched again. */
  readonly keptChunks: number;
}

interface FileDownload {
  readonly connection: Connection;
  readonly messageId: MessageId;
  readonly options: ReadDownloadOptions;
  readonly partial: PartialFile;
}

/**
 * MESH API, Get Message and Get Message chunk. Errors: as `download`, of its body too; `file-unusable` also while another process
 * downloads the same message to the same file; `request-invalid` while this one does.
 */
export async function downloadToFile(
  connection: Connection,
  messageId: MessageId,
  path: string,
  given: DownloadOptions,
): Promise<DownloadedFile> {
  checkMessageId("messageId", messageId);
  if (typeof path !== "string" || path === "" || path.includes("\0")) throw invalid("path", "a path is needed");
  const options = readDownloadOptions(given);
  const { decode } = options;
  const partial = partialFile(path, { mailboxId: connection.mailboxId, messageId, decode });
  try {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) throw invalid("path", "it is a folder");
    await using claim = await claimDownload(partial.holder);
    const download = { connection, messageId, options, partial };
    return await carryOn(download, await partial.read(claim.wasLeft)).catch(async (error: unknown) => {
      // What will never be another, or is not to be had any more, is of no use to a later call.
      if (error instanceof MeshClientError && endings.has(error.code)) await partial.remove().catch(() => undefined);
      throw error;
    });
  } catch (error) {
    throw asFileError(error);
  }
}

const endings: ReadonlySet<MeshClientError["code"]> = new Set([
  "content-damaged",
  "gone",
  "not-found",
  "too-large",
] as const);

async function carryOn(download: FileDownload, left: Left | undefined): Promise<DownloadedFile> {
  const { partial } = download;
  if (left !== undefined) {
    const next = await fetchNext(download, left);
    if (next !== undefined) {
      try {
        await partial.takeOver(left);
      } catch (error) {
        release(next);
        throw error;
      }
      const { file: _, ...kept } = left;
      return writeFrom(download, kept, next);
    }
    await partial.remove();
  }
  const first = await fetch(download, 1);
  const headers = readHeaders(first);
  const chunks = countChunks(first, headers);
  const report = readReport(headers);
  if (report !== undefined) {
    release(first);
    const none = { contentEncoding: undefined, contentType: undefined, bytes: 0, keptChunks: 0 };
    return { headers, report, chunks, ...none };
  }
  const contentEncoding = encodingLeft(first, download.options.decode) ?? null;
  return writeFrom(
    download,
    { version: 1, marks: marksOf(headers), chunks, done: 0, bytes: 0, contentEncoding },
    first,
  );
}

async function fetch({ connection, messageId, options }: FileDownload, number: number): Promise<Answer> {
  return fetchChunk(connection, messageId, { number, signal: options.signal });
}

/** Undefined if it is not of the message of which some chunks are there. */
async function fetchNext(download: FileDownload, { marks, chunks, done }: Kept): Promise<Answer | undefined> {
  try {
    const next = await fetch(download, done + 1);
    checkPlace(next, { number: done + 1, chunks });
    if (isKnownAgain(marks, marksOf(readHeaders(next)))) return next;
    release(next);
    return undefined;
  } catch (error) {
    // What is there now has fewer chunks, or is gone: the first will tell.
    if (error instanceof MeshClientError && (error.code === "not-found" || error.code === "unexpected-answer")) {
      return undefined;
    }
    throw error;
  }
}

/** From the chunk that was just answered to the last. */
async function writeFrom(download: FileDownload, begun: Kept, answer: Answer): Promise<DownloadedFile> {
  const { partial, options } = download;
  const { marks, chunks, contentEncoding, done: keptChunks } = begun;
  let { bytes } = begun;
  let current = answer;
  for (let number = keptChunks + 1; ; number += 1) {
    if ((encodingLeft(current, options.decode) ?? null) !== contentEncoding) {
      release(current);
      throw damaged("is encoded in another way than the first", { number, chunks });
    }
    bytes += await writeChunk(download, current, { behind: bytes, number, chunks });
    if (number >= chunks) break;
    await partial.keep({ ...begun, done: number, bytes });
    current = await fetch(download, number + 1);
    checkPlace(current, { number: number + 1, chunks });
    if (isSame(marks, marksOf(readHeaders(current)))) continue;
    release(current);
    await partial.remove();
    const what = "The message became another while it was downloaded.";
    throw new MeshClientError("unexpected-answer", what, { retry: "safe" });
  }
  await partial.finish(bytes);
  return {
    headers: readHeaders(current),
    report: undefined,
    contentEncoding: contentEncoding ?? undefined,
    contentType: contentTypeOf(current),
    chunks,
    bytes,
    keptChunks,
  };
}

/** Writes a chunk behind what is there, and gives its size. */
async function writeChunk(
  { partial, options }: FileDownload,
  answer: Answer,
  { behind, number, chunks }: { readonly behind: number; readonly number: number; readonly chunks: number },
): Promise<number> {
  const { decode, maxBytes } = options;
  const gunzipped = decode && encodingOf(answer) === "gzip";
  async function* pieces(): AsyncGenerator<Buffer, void, undefined> {
    let bytes = behind;
    for await (const piece of readChunk(answer, { gunzipped, mayBeEmpty: false, number, chunks })) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      yield piece;
    }
  }
  try {
    return await partial.write(behind, pieces());
  } finally {
    release(answer);
  }
}
