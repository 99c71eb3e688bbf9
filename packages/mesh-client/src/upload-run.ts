// An upload under way: see upload.ts.

import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { MessageId, Retry } from "@restante/mesh";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type OutgoingMessage, send, sendChunk, wasAccepted } from "./send.ts";
import { track } from "./track.ts";
import { cut, type OpenData } from "./upload-data.ts";
import { chunksOf, standingOf, type UploadState } from "./upload-state.ts";

/** With their defaults filled in. */
export interface UploadRunOptions {
  readonly onState: (state: UploadState) => void | Promise<void>;
  readonly chunkBytes: number;
  readonly parallel: number;
  readonly compress: boolean | "if-smaller";
  readonly commit: "single" | "two-chunk";
  readonly signal: AbortSignal | undefined;
}

/** An upload while it is under way. */
export interface Upload {
  readonly connection: Connection;
  readonly headers: Omit<OutgoingMessage, "body" | "bodyLength" | "contentEncoding" | "totalChunks">;
  readonly data: OpenData;
  readonly options: UploadRunOptions;
  /** Lets nobody else go on with this message meanwhile. */
  readonly claim: (messageId: MessageId) => void;
  /** Ends the reading of the data, which may be a stream that brings nothing more. */
  readonly stop: (reason: unknown) => void;
  state: UploadState;
}

interface Chunk {
  readonly number: number;
  readonly content: Buffer;
}

/** The server has this chunk with other content, and keeps that. */
const contentChanged = 409;
/** The server has all chunks. */
const complete = 423;

const gzipped = promisify(gzip);

/** From where its state is to the end. */
export async function carryOn(upload: Upload): Promise<{ messageId: MessageId; chunks: number }> {
  if (upload.state.bytes !== upload.data.bytes) throw dataChanged();
  const chunks = chunksToSend(upload);
  try {
    if (upload.state.messageId === null) await sendFirst(upload, chunks);
    await sendOthers(upload, chunks);
    if (upload.state.messageId === null) throw new MeshClientError("defect", "An upload ended without a message id.");
    await keep(upload, { accepted: true });
    return { messageId: upload.state.messageId, chunks: chunksOf(upload.state) };
  } catch (error) {
    await keepFailed(upload, error);
    throw error;
  } finally {
    await chunks.return();
  }
}

/**
 * What is still to be sent, in order, each noted before it is given. All of the data is read, so that what was sent before is
 * known to be of the same; of what is accepted nothing is given.
 */
async function* chunksToSend(upload: Upload): AsyncGenerator<Chunk, void, undefined> {
  const { data } = upload;
  const total = chunksOf(upload.state);
  let number = 0;
  for await (const content of cut(data, upload.state.chunkBytes)) {
    number += 1;
    if (number === total) await data.checkUnchanged();
    const digest = createHash("sha256").update(content).digest("hex");
    const { digests, sent, accepted } = upload.state;
    const noted = digests[number - 1];
    if (noted === undefined ? accepted : noted !== digest) throw dataChanged();
    // The last is sent again: whether it completed the message, only its answer says.
    if (accepted || (number < total && sent.includes(number))) continue;
    await keep(upload, noted === undefined ? { digests: [...digests, digest] } : {});
    yield { number, content };
  }
}

async function sendFirst(upload: Upload, chunks: AsyncGenerator<Chunk, void, undefined>): Promise<void> {
  const { connection, headers, options } = upload;
  const { value: first } = await chunks.next();
  if (first === undefined) throw new MeshClientError("defect", "An upload has no first chunk.");
  const { content } = first;
  const packed = options.compress === false || content.length === 0 ? undefined : await gzipped(content);
  const isPacked = packed !== undefined && (options.compress === true || packed.length < content.length);
  const total = chunksOf(upload.state);
  const message: OutgoingMessage = {
    ...headers,
    body: isPacked ? packed : content,
    compressed: headers.compressed ?? (isPacked ? "Y" : undefined),
    contentEncoding: isPacked ? "gzip" : undefined,
    totalChunks: total === 1 ? undefined : total,
  };
  const { messageId } = await send(connection, message, options.signal).catch((error: unknown) => {
    throw total === 1 ? error : ofFirst(error);
  });
  upload.claim(messageId);
  upload.state = { ...upload.state, messageId, compressed: isPacked, sent: [1], accepted: total === 1 };
}

/** Nobody can complete an upload whose id was lost: the message cannot have been accepted. */
function ofFirst(error: unknown): unknown {
  if (!(error instanceof MeshClientError) || error.retry !== "ambiguous") return error;
  // A server that gives no id that can be read will do so again.
  return withRetry(error, wasAccepted(error) ? "never" : "safe");
}

/** Side by side, but for the last, which comes when all others are there. The first failure ends it; what is on its way is not cut short. */
async function sendOthers(upload: Upload, chunks: AsyncGenerator<Chunk, void, undefined>): Promise<void> {
  const total = chunksOf(upload.state);
  const failures: unknown[] = [];
  let last: Chunk | undefined;
  async function sendInTurn(): Promise<void> {
    try {
      while (failures.length === 0) {
        // A generator that is asked by several gives each its own.
        const { value: chunk } = await chunks.next();
        if (chunk === undefined) return;
        if (chunk.number < total) await sendLater(upload, chunk);
        else last = chunk;
      }
    } catch (error) {
      failures.push(error);
      upload.stop(error);
    }
  }
  await Promise.all(Array.from({ length: upload.options.parallel }, sendInTurn));
  if (failures.length > 0) throw failures[0];
  if (last !== undefined) await sendLater(upload, last);
}

async function sendLater(upload: Upload, { number, content }: Chunk): Promise<void> {
  const { connection, options, state } = upload;
  const { messageId, compressed } = state;
  if (messageId === null) throw new MeshClientError("defect", "A later chunk was to be sent before the first.");
  const total = chunksOf(state);
  const body = compressed ? await gzipped(content) : content;
  const contentEncoding = compressed ? "gzip" : undefined;
  try {
    await sendChunk(connection, messageId, { number, total, body, contentEncoding }, options.signal);
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (error.status === contentChanged) throw dataChanged(error);
    // The next call finds that it is gone, and sends the message anew.
    if (error.code === "not-found") throw withRetry(error, "safe");
    const isComplete = error.status === complete && number === total;
    if (!isComplete || standingOf(await track(connection, messageId, options.signal)) !== "accepted") throw error;
  }
  upload.state = { ...upload.state, sent: [...upload.state.sent, number] };
}

async function keep(upload: Upload, changes: Partial<UploadState>): Promise<void> {
  upload.state = { ...upload.state, ...changes };
  await upload.options.onState(upload.state);
}

/** What the failure leaves, so that the next call need not find out. It is no worse without: what is not kept is done again. */
async function keepFailed(upload: Upload, error: unknown): Promise<void> {
  const isSafe = error instanceof MeshClientError && error.retry !== "ambiguous";
  const nothingSent = upload.state.messageId === null && isSafe;
  await keep(upload, nothingSent ? { digests: [] } : {}).catch(() => undefined);
}

function dataChanged(cause?: unknown): MeshClientError {
  const what = "The data is not what the chunks were that were sent of it.";
  return new MeshClientError("data-changed", what, { cause });
}

function withRetry(error: MeshClientError, retry: Retry): MeshClientError {
  const { code, message, field, cause } = error;
  return new MeshClientError(code, message, { cause, retry, answer: error, ...(field === undefined ? {} : { field }) });
}
