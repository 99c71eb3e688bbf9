import type { Readable } from "node:stream";
import { formatChunkRange, isMessageId, type MessageId, type MexHeaders, writeMexHeaders } from "@restante/mesh";
import { asRecord, discard, readJson } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import type { Answer, RequestBody } from "./transport.ts";

type SentHeader =
  | "from"
  | "fromSmtp"
  | "toSmtp"
  | "subject"
  | "localId"
  | "fileName"
  | "partnerId"
  | "processId"
  | "messageType"
  | "addressType"
  | "version"
  | "compress"
  | "compressed"
  | "encrypted"
  | "checksum";

/** A message to be sent. For lengths and characters allowed see `headerLimits` of @restante/mesh: the server checks. */
export interface OutgoingMessage extends Pick<MexHeaders, SentHeader> {
  /** A mailbox id or a routing address `GPPROVIDER_...`. */
  readonly to: string;
  readonly workflowId: string;
  /** Of the data when decoded. `application/octet-stream` if absent. */
  readonly contentType?: string | undefined;
  /** How `body` is encoded: the server knows `gzip` alone. */
  readonly contentEncoding?: "gzip" | undefined;
  /**
   * Present: `body` is the first of so many chunks, and the message waits until all of them are there. Send the others
   * with `sendChunk`, in order.
   */
  readonly totalChunks?: number | undefined;
  /** At most 100 MB a request. A function is called when a request is made, and again if it is repeated. */
  readonly body: Uint8Array | (() => Readable);
  /** In bytes, if `body` is a function and its length is known: the server can then tell a whole body from a broken one. */
  readonly bodyLength?: number | undefined;
}

/**
 * MESH API, Send message: one request, never repeated. An error's `retry` is `ambiguous` if the message may have been
 * accepted all the same.
 */
export async function send(
  connection: Connection,
  { body, bodyLength, contentType, contentEncoding, totalChunks, ...headers }: OutgoingMessage,
  signal: AbortSignal | undefined,
): Promise<{ messageId: MessageId }> {
  const answer = await connection.request({
    method: "POST",
    path: `${connection.mailboxPath}/outbox`,
    headers: {
      ...writeMexHeaders({
        from: connection.mailboxId,
        messageType: "DATA",
        ...headers,
        chunkRange: totalChunks === undefined ? undefined : formatChunkRange({ chunk: 1, total: totalChunks }),
      }),
      "content-type": contentType ?? "application/octet-stream",
      ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    },
    body: toRequestBody({ body, bodyLength }),
    repeatable: false,
    expected: [200, 202],
    signal,
  });
  return { messageId: await readMessageId(answer) };
}

/** One of the chunks after the first. `contentEncoding` must be that of the first. */
export interface OutgoingChunk extends Pick<OutgoingMessage, "contentEncoding" | "body" | "bodyLength"> {
  /** From 2. */
  readonly number: number;
  readonly total: number;
}

/**
 * MESH API, Send chunked message. May be repeated; the message is accepted when all its chunks are there, and from then
 * on this is `refused` with status 423.
 */
export async function sendChunk(
  connection: Connection,
  messageId: MessageId,
  { number, total, contentEncoding, ...chunk }: OutgoingChunk,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await connection.request({
    method: "POST",
    path: `${connection.mailboxPath}/outbox/${encodeURIComponent(messageId)}/${number}`,
    headers: {
      ...writeMexHeaders({ chunkRange: formatChunkRange({ chunk: number, total }) }),
      "content-type": "application/octet-stream",
      ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    },
    body: toRequestBody(chunk),
    repeatable: true,
    expected: [200, 202],
    signal,
  });
  await discard(answer);
}

function toRequestBody({ body, bodyLength }: Pick<OutgoingMessage, "body" | "bodyLength">): RequestBody {
  return body instanceof Uint8Array ? body : { open: body, length: bodyLength };
}

async function readMessageId(answer: Answer): Promise<MessageId> {
  const fields = asRecord(await readJson(answer));
  const id = fields["message_id"] ?? fields["messageID"];
  if (typeof id === "string" && isMessageId(id)) return id;
  throw new MeshClientError("unexpected-answer", "The server accepted the message but gave no message id.", {
    retry: "ambiguous",
    answer: { status: answer.status },
  });
}
