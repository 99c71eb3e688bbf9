import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type MessageId, type MexHeaders, parseChunkRange, readMexHeaders } from "@restante/mesh";
import type { Connection } from "./connection.ts";
import { codeOf } from "./error-code.ts";
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
  /** How `body` is still encoded: only with `decode: false`. */
  readonly contentEncoding: string | undefined;
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

/** MESH API, Get Message and Get Message chunk. Errors: `not-found` (404), `gone` (410). */
export async function download(
  connection: Connection,
  messageId: MessageId,
  { decode = true, maxBytes = defaultMaxBytes, signal }: DownloadOptions,
): Promise<DownloadedMessage> {
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
  const headers = readMexHeaders(first.headers);
  const chunks = parseChunkRange(headers.chunkRange ?? "1:1")?.total ?? 1;
  const encoding = single(first.headers["content-encoding"]);

  let current = first;
  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    let length = 0;
    for (let number = 1; ; number += 1) {
      if (number > 1) current = await fetchChunk(`/${number}`);
      const gunzip = decode && single(current.headers["content-encoding"]) === "gzip";
      for await (const piece of readChunk(current, gunzip)) {
        length += piece.length;
        if (length > maxBytes) {
          throw new MeshClientError("too-large", `The message is larger than ${maxBytes} bytes.`);
        }
        yield piece;
      }
      // 206 until the last chunk, which is 200.
      if (current.status === 200 || number >= chunks) return;
    }
  }

  return {
    headers,
    contentEncoding: decode && encoding === "gzip" ? undefined : encoding,
    contentType: single(first.headers["content-type"]),
    chunks,
    body: Readable.from(read(), { objectMode: false })
      // Destroyed early, perhaps before anyone read: the connection must be freed then too.
      .once("close", () => release(current)),
  };
}

/** Destroying an answer's body makes it fail, which is nobody's error. */
function release({ body }: Answer): void {
  body.on("error", () => undefined).destroy();
}

async function* readChunk(answer: Answer, gunzip: boolean): AsyncGenerator<Buffer, void, undefined> {
  try {
    if (!gunzip) {
      yield* answer.body as AsyncIterable<Buffer>;
      return;
    }
    const decoder = createGunzip();
    const ending = pipeline(answer.body, decoder);
    // Awaited below; marked as handled now, because the reader may fail first.
    ending.catch(() => undefined);
    yield* decoder as AsyncIterable<Buffer>;
    await ending;
  } catch (error) {
    if (codeOf(error)?.startsWith("Z_") === true) {
      throw new MeshClientError("body-unreadable", "The message says that it is compressed with gzip but is not.");
    }
    throw answer.failureOf(error);
  } finally {
    release(answer);
  }
}

function single(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text === "" ? undefined : text.trim().toLowerCase();
}
