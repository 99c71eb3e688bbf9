import { Readable } from "node:stream";
import type { MessageId, MexHeaders } from "@restante/mesh";
import { checkAmount, checkMessageId, checkOptions, checkSignal, invalid } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import {
  announcedBytes,
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
import { type MeshReport, readReport } from "./report.ts";

export interface DownloadOptions {
  /** Undo `Content-Encoding: gzip` (the default), or give the body as it was sent. */
  readonly decode?: boolean | undefined;
  /** The most that `body` gives, after decoding, before it fails with `too-large`. 2 GiB if absent. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadedMessage {
  readonly headers: MexHeaders;
  /** What the message says if it is a report, which has no body; undefined if it is data. */
  readonly report: MeshReport | undefined;
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
  const { decode, maxBytes, signal } = readDownloadOptions(options);
  const first = await fetchChunk(connection, messageId, { number: 1, signal });
  const headers = readHeaders(first);
  const chunks = countChunks(first, headers);
  const report = readReport(headers);
  const mayBeEmpty = report !== undefined;
  const contentEncoding = encodingLeft(first, decode);
  const chunkEncodings: (string | undefined)[] = [];
  const chunkBytes: number[] = [];

  let current = first;
  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    let length = 0;
    for (let number = 1; ; number += 1) {
      if (number > 1) {
        current = await fetchChunk(connection, messageId, { number, signal });
        checkPlace(current, { number, chunks });
      }
      const encoding = encodingOf(current);
      chunkEncodings.push(encoding);
      chunkBytes.push(0);
      if (decode && encodingLeft(current, decode) !== contentEncoding) {
        release(current);
        throw damaged("is encoded in another way than the first", { number, chunks });
      }
      const gunzipped = decode && encoding === "gzip";
      for await (const piece of readChunk(current, { gunzipped, mayBeEmpty, number, chunks })) {
        length += piece.length;
        chunkBytes[number - 1]! += piece.length;
        if (length > maxBytes) {
          throw tooLarge(maxBytes);
        }
        yield piece;
      }
      if (number >= chunks) return;
    }
  }

  return {
    headers,
    report,
    contentEncoding,
    chunkEncodings,
    chunkBytes,
    announcedBytes: announcedBytes(first, chunks),
    contentType: contentTypeOf(first),
    chunks,
    body: Readable.from(read(), { objectMode: false })
      // Destroyed early, perhaps before anyone read: the connection must be freed then too.
      .once("close", () => release(current)),
  };
}

export interface ReadDownloadOptions {
  readonly decode: boolean;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** With their defaults filled in. */
export function readDownloadOptions(options: DownloadOptions): ReadDownloadOptions {
  checkOptions("options", options);
  const { decode = true, maxBytes = defaultMaxBytes, signal } = options;
  if (typeof decode !== "boolean") throw invalid("decode", "true or false is needed");
  checkAmount("maxBytes", maxBytes);
  checkSignal(signal);
  return { decode, maxBytes, signal };
}

export function tooLarge(maxBytes: number): MeshClientError {
  return new MeshClientError("too-large", `The message is larger than ${maxBytes} bytes.`);
}
