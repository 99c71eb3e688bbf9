// One chunk of a message as the server gives it: asked for, held to its place, and decoded by itself.

import { Readable } from "node:stream";
import {
  type MessageId,
  type MexHeaders,
  parseChunkRange,
  readMexHeaders,
  withWindowsCharacters,
} from "@restante/mesh";
import type { Connection } from "./connection.ts";
import { type Damage, DamagedGzip, gunzip } from "./gunzip.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import type { Answer } from "./transport.ts";

/** MESH API, Get Message for the first chunk and Get Message chunk for the others. */
export async function fetchChunk(
  connection: Connection,
  messageId: MessageId,
  { number, signal }: { readonly number: number; readonly signal: AbortSignal | undefined },
): Promise<Answer> {
  const answer = await connection.request({
    operation: "download",
    method: "GET",
    path: `${messagePath(connection, messageId)}${number === 1 ? "" : `/${number}`}`,
    headers: { "accept-encoding": "gzip" },
    repeatable: true,
    isDownload: true,
    expected: [200, 206],
    signal,
  });
  checkAsked(answer, messageId);
  return answer;
}

/**
 * Whoever acknowledges the message that was asked for must not have another in its place. Says nothing of an answer that does not
 * say which it is of, or of ids that are written in more than one way in a header.
 */
export function checkAsked(answer: Answer, messageId: MessageId): void {
  const { messageId: given } = readHeaders(answer);
  if (given === undefined || !areIdsApart(given, messageId)) return;
  release(answer);
  throw anotherMessage();
}

export function areIdsApart(given: string, asked: MessageId): boolean {
  const isPlain = (id: string): boolean => /^[A-Za-z0-9_-]+$/.test(id);
  return isPlain(given) && isPlain(asked) && given.toUpperCase() !== asked.toUpperCase();
}

export function anotherMessage(): MeshClientError {
  const what = "The server answered for another message than the one that was asked for.";
  return new MeshClientError("unexpected-answer", what, { retry: "safe" });
}

export function messagePath({ mailboxPath }: Connection, messageId: MessageId): string {
  return `${mailboxPath}/inbox/${encodeURIComponent(messageId)}`;
}

/**
 * What its first chunk says. MESH answers 206 for every chunk but the last, which is 200; the range decides, as a message
 * that ends too soon would be taken for whole.
 */
export function countChunks(first: Answer, { chunkRange = "" }: MexHeaders): number {
  const range = parseChunkRange(chunkRange);
  if (range === undefined && first.status === 200) return 1;
  // A report has no chunks.
  if (range?.chunk === 1 && (range.total > 0 || first.status === 200)) return range.total;
  release(first);
  throw new MeshClientError(
    "unexpected-answer",
    range === undefined
      ? "The server gave a part of the message, and does not say of how many."
      : `The server gave chunk ${range.chunk} of the message in the place of the first.`,
  );
}

/** Says nothing of a chunk that does not say which it is. */
export function checkPlace(answer: Answer, { number, chunks }: Pick<Chunk, "number" | "chunks">): void {
  const range = parseChunkRange(readHeaders(answer).chunkRange ?? "");
  if (range === undefined || (range.chunk === number && range.total === chunks)) return;
  release(answer);
  throw new MeshClientError(
    "unexpected-answer",
    `The server gave chunk ${range.chunk} of ${range.total} of the message in the place of chunk ${number} of ${chunks}.`,
  );
}

/** A header that is not UTF-8 is text of Windows: its curly quotes are not the control characters they are in Latin-1. */
export function readHeaders({ headers }: Answer): MexHeaders {
  const read = Object.entries(readMexHeaders(headers)) as [keyof MexHeaders, string][];
  return Object.fromEntries(read.map(([header, text]) => [header, withWindowsCharacters(text)]));
}

/** Destroying an answer's body makes it fail, which is nobody's error. */
export function release({ body }: Answer): void {
  body.on("error", () => undefined).destroy();
}

export interface Chunk {
  readonly gunzipped: boolean;
  /** A report has no body, and then nothing that could be gzip. */
  readonly mayBeEmpty: boolean;
  readonly number: number;
  readonly chunks: number;
}

export async function* readChunk(answer: Answer, chunk: Chunk): AsyncGenerator<Buffer, void, undefined> {
  try {
    const pieces = answer.pieces();
    yield* chunk.gunzipped ? gunzip(Readable.from(pieces, { objectMode: false })) : toItsEnd(answer, pieces);
  } catch (error) {
    if (!(error instanceof DamagedGzip)) throw answer.failureOf(error);
    const { damage } = error;
    if (damage === "empty" && chunk.mayBeEmpty) return;
    // Without a length, nobody can tell a body that was cut off on its way from one that is stored like that.
    if ((damage === "cut-off" || damage === "empty") && !tellsItsLength(answer)) throw answer.failureOf(error);
    throw damaged(damages[damage], chunk);
  } finally {
    release(answer);
  }
}

/** Without a length, a body that was cut off on its way looks as whole as any. Gzip shows it. */
async function* toItsEnd(answer: Answer, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let isEmpty = true;
  for await (const piece of pieces) {
    isEmpty = false;
    yield piece;
  }
  if (isEmpty || tellsItsLength(answer)) return;
  const what = "The server does not say where its answer ends: nobody can tell whether the message is whole.";
  throw new MeshClientError("unexpected-answer", what, { retry: "safe" });
}

const damages: Readonly<Record<Damage, string>> = {
  empty: "says that it is compressed with gzip, and is empty",
  "not-gzip": "says that it is compressed with gzip, and is not",
  "cut-off": "says that it is compressed with gzip, and ends too soon",
  damaged: "is compressed with gzip, and damaged",
  "more-behind-its-end": "is compressed with gzip, and has more behind its end",
};

export function damaged(what: string, { number, chunks }: Pick<Chunk, "number" | "chunks">): MeshClientError {
  const subject = chunks > 1 ? `Chunk ${number} of ${chunks} of the message` : "The message";
  return new MeshClientError("content-damaged", `${subject} ${what}.`);
}

function tellsItsLength({ headers }: Answer): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** All chunks but the last are of one size. */
export function announcedBytes({ headers }: Answer, chunks: number): number | undefined {
  const length = single(headers["content-length"]);
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) * chunks : undefined;
}

/** Of the data, when decoded. */
export function contentTypeOf({ headers }: Answer): string | undefined {
  return single(headers["content-type"]);
}

/** How the chunk is encoded once it is read; undefined: not encoded. */
export function encodingLeft(answer: Answer, decode: boolean): string | undefined {
  const encoding = encodingOf(answer);
  return decode && encoding === "gzip" ? undefined : encoding;
}

/** Undefined: not encoded. */
export function encodingOf({ headers }: Answer): string | undefined {
  const encoding = single(headers["content-encoding"]);
  if (encoding === "identity") return undefined;
  // RFC 9110, 8.4.1.3: the two are the same.
  return encoding === "x-gzip" ? "gzip" : encoding;
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text === "" ? undefined : text.trim().toLowerCase();
}
