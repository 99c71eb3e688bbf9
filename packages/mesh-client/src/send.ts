import {
  formatChunkRange,
  headerLimits,
  isChecksumText,
  isMessageId,
  type MessageId,
  type MexHeaders,
  writeMexHeaders,
} from "@restante/mesh";
import { asRecord, discard, readJson } from "./answers.ts";
import {
  checkMessageId,
  checkNumber,
  checkOptionalText,
  checkOptions,
  checkSignal,
  checkText,
  invalid,
} from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type OutgoingBody, prepareBody } from "./outgoing-body.ts";
import type { Answer } from "./transport.ts";

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

const sentHeaders: readonly SentHeader[] = [
  "from",
  "fromSmtp",
  "toSmtp",
  "subject",
  "localId",
  "fileName",
  "partnerId",
  "processId",
  "messageType",
  "addressType",
  "version",
  "compress",
  "compressed",
  "encrypted",
  "checksum",
];

/** Of a header for which MESH gives no limit. */
const otherHeaderLimit = 500;
const contentTypeLimit = 255;
const mostChunks = 999_999_999;

/**
 * A message to be sent. For the lengths of headers see `headerLimits` of @restante/mesh, in characters; none may hold a
 * control character.
 */
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
  readonly body: OutgoingBody;
  /** In bytes, if `body` is a stream and its length is known: the server can then tell a whole body from a broken one. */
  readonly bodyLength?: number | undefined;
}

/**
 * MESH API, Send message: one request, never repeated. An error's `retry` is `ambiguous` if the message may have been
 * accepted all the same; `wasAccepted` tells whether it was.
 */
export async function send(
  connection: Connection,
  message: OutgoingMessage,
  signal: AbortSignal | undefined,
): Promise<{ messageId: MessageId }> {
  checkMessage(message);
  checkSignal(signal);
  const { body, bodyLength, contentType, contentEncoding, totalChunks, ...headers } = message;
  const answer = await connection.request({
    operation: "send",
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
    body: prepareBody(body, bodyLength).body,
    repeatable: false,
    expected: [200, 202],
    signal,
  });
  return { messageId: await readMessageId(answer) };
}

/**
 * Whether a send that failed was accepted all the same: the server said so, but gave no message id that can be read.
 * It must not be made again, also by whoever makes ambiguous ones again.
 */
export function wasAccepted(error: unknown): boolean {
  if (!(error instanceof MeshClientError) || error.retry !== "ambiguous") return false;
  return error.status !== undefined && error.status >= 200 && error.status < 300;
}

/** One of the chunks after the first. `contentEncoding` must be that of the first. */
export interface OutgoingChunk extends Pick<OutgoingMessage, "contentEncoding" | "body" | "bodyLength"> {
  /** From 2. */
  readonly number: number;
  readonly total: number;
}

/**
 * MESH API, Send chunked message. May be repeated with the same content; the message is accepted when all its chunks are
 * there, and from then on this is `refused` with status 423.
 */
export async function sendChunk(
  connection: Connection,
  messageId: MessageId,
  chunk: OutgoingChunk,
  signal: AbortSignal | undefined,
): Promise<void> {
  checkMessageId("messageId", messageId);
  checkOptions("chunk", chunk);
  const { number, total, contentEncoding, body, bodyLength } = chunk;
  checkNumber("total", total, { from: 1, to: mostChunks });
  checkNumber("number", number, { from: 1, to: total });
  checkEncoding(contentEncoding);
  checkSignal(signal);
  const prepared = prepareBody(body, bodyLength);
  const answer = await connection.request({
    operation: "sendChunk",
    method: "POST",
    path: `${connection.mailboxPath}/outbox/${encodeURIComponent(messageId)}/${number}`,
    headers: {
      ...writeMexHeaders({ chunkRange: formatChunkRange({ chunk: number, total }) }),
      "content-type": "application/octet-stream",
      ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    },
    body: prepared.body,
    repeatable: true,
    tryOnce: prepared.onlyOnce,
    expected: [200, 202],
    signal,
  });
  await discard(answer);
}

/** All but its body. */
export function checkMessage(message: Omit<OutgoingMessage, "body">): void {
  checkOptions("message", message);
  checkText("to", message.to, { atLeast: 1, atMost: headerLimits.to ?? otherHeaderLimit });
  checkText("workflowId", message.workflowId, { atLeast: 1, atMost: headerLimits.workflowId ?? otherHeaderLimit });
  for (const header of sentHeaders) {
    checkOptionalText(header, message[header], { atMost: headerLimits[header] ?? otherHeaderLimit });
  }
  if (message.checksum !== undefined && !isChecksumText(message.checksum)) {
    throw invalid("checksum", "only letters, digits, spaces, colons, hyphens and slashes are allowed");
  }
  checkOptionalText("contentType", message.contentType, { atLeast: 1, atMost: contentTypeLimit });
  if (message.contentType !== undefined && !/^[\x20-\x7E]+$/.test(message.contentType)) {
    throw invalid("contentType", "only ASCII characters are allowed");
  }
  checkEncoding(message.contentEncoding);
  if (message.totalChunks !== undefined) checkNumber("totalChunks", message.totalChunks, { from: 1, to: mostChunks });
}

function checkEncoding(encoding: unknown): void {
  if (encoding !== undefined && encoding !== "gzip") throw invalid("contentEncoding", "gzip alone is known");
}

/** The status is kept with whatever goes wrong: by it the message was accepted. */
async function readMessageId(answer: Answer): Promise<MessageId> {
  const accepted = { retry: "ambiguous", answer: { status: answer.status } } as const;
  let body: unknown;
  try {
    body = await readJson(answer);
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    throw new MeshClientError(error.code, error.message, { ...accepted, cause: error.cause });
  }
  const fields = asRecord(body);
  const id = fields["message_id"] ?? fields["messageID"];
  if (typeof id === "string" && isMessageId(id)) return id;
  throw new MeshClientError(
    "unexpected-answer",
    "The server accepted the message but gave no message id that can be read.",
    accepted,
  );
}
