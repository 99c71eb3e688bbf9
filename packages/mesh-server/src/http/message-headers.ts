// What the recipient is told of a message: the sender's texts as they came, byte for byte, and what the server adds.
//
// The head of an answer is bounded, or one message could never be downloaded: each text has its limit (`headerLimits`),
// checked when it comes in (envelope.ts) and again here, for messages stored when there were fewer limits. With every
// text at its limit, each character of 4 bytes, the head stays under 16 KB, which is what HTTP clients read unless told
// otherwise.

import {
  characterCount,
  encodeHeaderText,
  formatChunkRange,
  formatTimestamp,
  headerLimits,
  type MexHeaders,
  writeMexHeaders,
} from "@restante/mesh";

import type { DetailText, Message } from "../message.ts";

/** The `mex-` headers of a message's answer, as they are written. The reference: empty ones are left out. */
export function mexHeadersOf(message: Message, chunk: number): Record<string, string> {
  const headers = message.type === "DATA" ? dataHeaders(message, chunk) : reportHeaders(message);
  const written = writeMexHeaders(headers, message.details.latin1);
  for (const name of Object.keys(written)) if (written[name] === "") delete written[name];
  return written;
}

/** Content-Type, as it is written. */
export function contentTypeOf(message: Message): string {
  const text = given(message, "contentType");
  if (text === undefined) return "application/octet-stream";
  return message.details.latin1?.includes("contentType") === true ? text : encodeHeaderText(text);
}

/** A text of the sender's; left out if it is longer than is taken today. */
function given({ details }: Message, name: DetailText): string | undefined {
  const text = details[name];
  if (text === undefined) return undefined;
  const limit = headerLimits[name] ?? Infinity;
  // It has at most as many characters as units.
  return text.length <= limit || characterCount(text) <= limit ? text : undefined;
}

/** Reference: Response headers of a delivered DATA message. */
function dataHeaders(message: Message, chunk: number): MexHeaders {
  return {
    ...commonHeaders(message),
    from: message.mailboxId,
    chunkRange: formatChunkRange({ chunk, total: message.totalChunks }),
    totalChunks: String(message.totalChunks),
    partnerId: given(message, "partnerId"),
    fileName: given(message, "fileName") ?? `${message.messageId}.dat`,
    processId: given(message, "processId"),
    fromSmtp: given(message, "fromSmtp"),
    toSmtp: given(message, "toSmtp"),
    compress: given(message, "compress"),
    compressed: given(message, "compressed"),
    encrypted: given(message, "encrypted"),
    checksum: given(message, "checksum"),
    contentType: given(message, "contentType"),
    statusEvent: "TRANSFER",
    statusCode: "00",
    statusDescription: "Transferred to recipient mailbox",
    statusSuccess: "SUCCESS",
    statusTimestamp: formatTimestamp(message.acceptedAt ?? message.createdAt),
  };
}

/** MESH API, Asynchronous error reporting. It has no sender. */
function reportHeaders(message: Message): MexHeaders {
  return {
    ...commonHeaders(message),
    linkedMessageId: message.linkedMessageId,
    fileName: given(message, "fileName"),
    chunkRange: "1:0",
    statusEvent: message.status?.event,
    statusCode: message.status?.code,
    statusDescription: message.status?.description,
    statusSuccess: "ERROR",
    statusTimestamp: formatTimestamp(message.createdAt),
  };
}

function commonHeaders(message: Message): MexHeaders {
  return {
    to: message.to,
    workflowId: message.workflowId,
    addressType: "ALL",
    version: "1.0",
    messageType: message.type,
    messageId: message.messageId,
    localId: given(message, "localId"),
    subject: given(message, "subject"),
  };
}
