// MESH API, Get Message, Get Message chunk, Head Message.

import { finished, pipeline } from "node:stream";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { encodeHeaderText, formatChunkRange, formatTimestamp, type MexHeaders, writeMexHeaders } from "@restante/mesh";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { findForRecipient, pathMessageId } from "./find-message.ts";
import { fieldWrong, Refusal } from "./refusal.ts";
import { type Session, withMailbox } from "./session.ts";
import { openStoredBody } from "./stored-body.ts";
import { sendNothing } from "./version.ts";

export function addDownload(app: FastifyInstance, context: Context): void {
  const path = "/messageexchange/:mailboxId/inbox/:messageId";

  app.head(
    path,
    withMailbox(context, async (request, reply, session) => {
      const message = await findForHead(context, session, request);
      setHeaders(reply, message, 1);
      if (message.details.contentEncoding === "gzip") reply.header("content-encoding", "gzip");
      return sendNothing(reply);
    }),
  );

  app.get(
    path,
    withMailbox(context, async (request, reply, session) =>
      download(context, request, reply, await findReadable(context, session, request), 1),
    ),
  );

  app.get(
    `${path}/:chunk`,
    withMailbox(context, async (request, reply, session) => {
      const chunk = readChunkNumber((request.params as { chunk: string }).chunk);
      const message = await findReadable(context, session, request);
      // A report has no body, and so no chunk.
      if (chunk > message.totalChunks) throw new Refusal("message-unknown", { messageId: message.messageId });
      return download(context, request, reply, message, chunk);
    }),
  );
}

/** The recipient reads what was delivered. The sender may see the headers of its own message in every state. */
async function findForHead(context: Context, session: Session, request: FastifyRequest): Promise<Message> {
  const messageId = pathMessageId(request);
  const delivered = await context.store.findDelivered(session.mailbox.mailboxId, messageId);
  if (delivered !== undefined && isReadable(delivered)) return delivered;
  const own = await context.store.find(session.mailbox.mailboxId, messageId);
  if (own?.type === "DATA") return own;
  throw new Refusal(delivered === undefined ? "message-unknown" : "message-gone");
}

async function findReadable(context: Context, session: Session, request: FastifyRequest): Promise<Message> {
  const message = await findForRecipient(context, session, request);
  if (!isReadable(message)) throw new Refusal("message-gone", { messageId: message.messageId });
  return message;
}

/** Acknowledged, it can still be read until it is deleted (reference, Listing and download). */
function isReadable({ state }: Message): boolean {
  return state === "accepted" || state === "acknowledged";
}

async function download(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  message: Message,
  chunk: number,
): Promise<FastifyReply> {
  const last = chunk >= message.totalChunks;
  setHeaders(reply, message, chunk);
  reply.code(last ? 200 : 206);
  announceWhenSent(context, reply, message, last);
  if (message.type === "REPORT") return sendNothing(reply);

  const body = await context.store.body(message, chunk);
  if (body === undefined) throw new Refusal("message-unknown", { messageId: message.messageId });
  reply.type(encodeHeaderText(message.details.contentType ?? "application/octet-stream"));
  const stored = await openStoredBody(context, message, chunk, body);
  if (message.details.contentEncoding !== "gzip") {
    return reply.header("content-length", body.size).send(stored);
  }
  if (acceptsGzip(request)) {
    reply.header("content-encoding", "gzip").header("mex-content-compressed", "Y");
    return reply.header("content-length", body.size).send(stored);
  }
  return reply.send(gunzip(stored));
}

function gunzip(stored: Buffer | Readable): Readable {
  const plain = createGunzip();
  // An error of either side ends both; the client sees the connection cut, as the length is not announced.
  pipeline(Buffer.isBuffer(stored) ? [stored] : stored, plain, () => undefined);
  return plain;
}

function acceptsGzip(request: FastifyRequest): boolean {
  return /(^|,)\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(request.headers["accept-encoding"] ?? "");
}

function announceWhenSent(context: Context, reply: FastifyReply, message: Message, last: boolean): void {
  const { messageId, recipientId } = message;
  if (!last || recipientId === undefined) return;
  finished(reply.raw, (error) => {
    // What could not be opened is answered with an error, which is sent whole too.
    if ((error === undefined || error === null) && reply.statusCode < 300) {
      context.emit({ event: "message-downloaded", messageId, mailboxId: recipientId });
    }
  });
}

function setHeaders(reply: FastifyReply, message: Message, chunk: number): void {
  const headers = message.type === "DATA" ? dataHeaders(message, chunk) : reportHeaders(message);
  const written = Object.entries(writeMexHeaders(headers)).filter(([, value]) => value !== "");
  reply.headers(Object.fromEntries(written));
}

/** Reference: Response headers of a delivered DATA message. */
function dataHeaders(message: Message, chunk: number): MexHeaders {
  const { details } = message;
  return {
    ...commonHeaders(message),
    from: message.mailboxId,
    chunkRange: formatChunkRange({ chunk, total: message.totalChunks }),
    totalChunks: String(message.totalChunks),
    partnerId: details.partnerId,
    fileName: details.fileName ?? `${message.messageId}.dat`,
    compressed: details.compressed,
    encrypted: details.encrypted,
    checksum: details.checksum,
    contentType: details.contentType,
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
    localId: message.details.localId,
    subject: message.details.subject,
  };
}

function readChunkNumber(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new Refusal("request-invalid", {
    problems: [fieldWrong("path", "chunk_number", "Input should be a number from 1")],
  });
}
