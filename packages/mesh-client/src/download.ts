import { Readable } from "node:stream";
import {
  type MessageId,
  type MexHeaders,
  parseChunkRange,
  readMexHeaders,
  withWindowsCharacters,
} from "@restante/mesh";
import { checkAmount, checkMessageId, checkOptions, checkSignal, invalid } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { type Damage, DamagedGzip, gunzip } from "./gunzip.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import type { Answer } from "./transport.ts";

export interface DownloadOptions {
  /** Undo `Content-Encoding: gzip` (the default), or give the body as it was sent. */
  readonly decode?: boolean | undefined;
  /** The most that `body` gives, after decoding, before it fails with `too-large`. 2 GiB if absent. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadedMessage {
  readonly headers: MexHeaders;
  /** How `body` is still encoded, by its first chunk: with `decode: false`, or where it is another way than gzip. */
  readonly contentEncoding: string | undefined;
  /** How each chunk came, as far as `body` has been read. Chunks are encoded one by one. */
  readonly chunkEncodings: readonly (string | undefined)[];
  /** How many bytes each chunk gave, as far as `body` has been read. */
  readonly chunkBytes: readonly number[];
  /** How large the message is likely to be as it was sent, by the length of its first chunk; undefined if that is not told. */
  readonly announcedBytes: number | undefined;
  readonly contentType: string | undefined;
  /** From 1; a report, which has no body, has 0 or 1. */
  readonly chunks: number;
  /**
   * The whole message, all chunks one after another. Read it to the end or destroy it: until then it holds a connection.
   * Fails with a MeshClientError; a message is whole only when the stream has ended.
   */
  readonly body: Readable;
}

const defaultMaxBytes = 2 * 1024 ** 3;

/**
 * MESH API, Get Message and Get Message chunk. Errors: `not-found` (404), `gone` (410); of `body` also `too-large`, and
 * `content-damaged` if it cannot be decoded: with `decode: false` it is given as it is stored, whatever it says of itself.
 */
export async function download(
  connection: Connection,
  messageId: MessageId,
  options: DownloadOptions,
): Promise<DownloadedMessage> {
  checkMessageId("messageId", messageId);
  checkOptions("options", options);
  const { decode = true, maxBytes = defaultMaxBytes, signal } = options;
  if (typeof decode !== "boolean") throw invalid("decode", "true or false is needed");
  checkAmount("maxBytes", maxBytes);
  checkSignal(signal);
  const fetchChunk = async (path: string): Promise<Answer> =>
    connection.request({
      method: "GET",
      path: `${connection.mailboxPath}/inbox/${encodeURIComponent(messageId)}${path}`,
      headers: { "accept-encoding": "gzip" },
      repeatable: true,
      expected: [200, 206],
      signal,
    });

  const first = await fetchChunk("");
  const headers = readHeaders(first);
  const chunks = countChunks(first, headers);
  const mayBeEmpty = headers.messageType?.toUpperCase() === "REPORT";
  const remaining = (encoding: string | undefined): string | undefined =>
    decode && encoding === "gzip" ? undefined : encoding;
  const contentEncoding = remaining(encodingOf(first));
  const chunkEncodings: (string | undefined)[] = [];
  const chunkBytes: number[] = [];

  let current = first;
  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    let length = 0;
    for (let number = 1; ; number += 1) {
      if (number > 1) {
        current = await fetchChunk(`/${number}`);
        checkPlace(current, { number, chunks });
      }
      const encoding = encodingOf(current);
      chunkEncodings.push(encoding);
      chunkBytes.push(0);
      if (decode && remaining(encoding) !== contentEncoding) {
        release(current);
        throw damaged("is encoded in another way than the first", { number, chunks });
      }
      const gunzipped = decode && encoding === "gzip";
      for await (const piece of readChunk(current, { gunzipped, mayBeEmpty, number, chunks })) {
        length += piece.length;
        chunkBytes[number - 1]! += piece.length;
        if (length > maxBytes) {
          throw new MeshClientError("too-large", `The message is larger than ${maxBytes} bytes.`);
        }
        yield piece;
      }
      if (number >= chunks) return;
    }
  }

  return {
    headers,
    contentEncoding,
    chunkEncodings,
    chunkBytes,
    announcedBytes: announcedBytes(first, chunks),
    contentType: single(first.headers["content-type"]),
    chunks,
    body: Readable.from(read(), { objectMode: false })
      // Destroyed early, perhaps before anyone read: the connection must be freed then too.
      .once("close", () => release(current)),
  };
}

/**
 * What its first chunk says. MESH answers 206 for every chunk but the last, which is 200; the range decides, as a message
 * that ends too soon would be taken for whole.
 */
function countChunks(first: Answer, { chunkRange = "" }: MexHeaders): number {
  const range = parseChunkRange(chunkRange);
  if (range === undefined && first.status === 200) return 1;
  if (range?.chunk === 1) return range.total;
  release(first);
  throw new MeshClientError(
    "unexpected-answer",
    range === undefined
      ? "The server gave a part of the message, and does not say of how many."
      : `The server gave chunk ${range.chunk} of the message in the place of the first.`,
  );
}

/** Says nothing of a chunk that does not say which it is. */
function checkPlace(answer: Answer, { number, chunks }: Pick<Chunk, "number" | "chunks">): void {
  const range = parseChunkRange(readHeaders(answer).chunkRange ?? "");
  if (range === undefined || (range.chunk === number && range.total === chunks)) return;
  release(answer);
  throw new MeshClientError(
    "unexpected-answer",
    `The server gave chunk ${range.chunk} of ${range.total} of the message in the place of chunk ${number} of ${chunks}.`,
  );
}

/** A header that is not UTF-8 is text of Windows: its curly quotes are not the control characters they are in Latin-1. */
function readHeaders({ headers }: Answer): MexHeaders {
  const read = Object.entries(readMexHeaders(headers)) as [keyof MexHeaders, string][];
  return Object.fromEntries(read.map(([header, text]) => [header, withWindowsCharacters(text)]));
}

/** Destroying an answer's body makes it fail, which is nobody's error. */
function release({ body }: Answer): void {
  body.on("error", () => undefined).destroy();
}

interface Chunk {
  readonly gunzipped: boolean;
  /** A report has no body, and then nothing that could be gzip. */
  readonly mayBeEmpty: boolean;
  readonly number: number;
  readonly chunks: number;
}

async function* readChunk(answer: Answer, chunk: Chunk): AsyncGenerator<Buffer, void, undefined> {
  try {
    const pieces = answer.pieces();
    yield* chunk.gunzipped ? gunzip(Readable.from(pieces, { objectMode: false })) : pieces;
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

const damages: Readonly<Record<Damage, string>> = {
  empty: "says that it is compressed with gzip, and is empty",
  "not-gzip": "says that it is compressed with gzip, and is not",
  "cut-off": "says that it is compressed with gzip, and ends too soon",
  damaged: "is compressed with gzip, and damaged",
  "more-behind-its-end": "is compressed with gzip, and has more behind its end",
};

function damaged(what: string, { number, chunks }: Pick<Chunk, "number" | "chunks">): MeshClientError {
  const subject = chunks > 1 ? `Chunk ${number} of ${chunks} of the message` : "The message";
  return new MeshClientError("content-damaged", `${subject} ${what}.`);
}

function tellsItsLength({ headers }: Answer): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** All chunks but the last are of one size. */
function announcedBytes({ headers }: Answer, chunks: number): number | undefined {
  const length = single(headers["content-length"]);
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) * chunks : undefined;
}

/** Undefined: not encoded. */
function encodingOf({ headers }: Answer): string | undefined {
  const encoding = single(headers["content-encoding"]);
  if (encoding === "identity") return undefined;
  // RFC 9110, 8.4.1.3: the two are the same.
  return encoding === "x-gzip" ? "gzip" : encoding;
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text === "" ? undefined : text.trim().toLowerCase();
}
