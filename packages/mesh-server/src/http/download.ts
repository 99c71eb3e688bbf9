// MESH API, Get Message, Get Message chunk, Head Message.
//
// A body that was sent with Content-Encoding gzip goes
//   as stored   to who would rather have gzip than not (preferences.ts), saying so.
//   decoded     to who does not, once it has been decoded to its end without sending anything: what fails in the middle
//               could not be taken back. Reading it twice costs time, not memory.
//   as stored   to who does not, if it cannot be decoded: Content-Encoding says gzip, as its sender claimed, and the
//               bytes are those that the sender sent. A recipient always gets a body. Each chunk is judged alone.

import { pipeline } from "node:stream";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { headerNames } from "@restante/mesh";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { decodes } from "../bodies/content.ts";
import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { findForRecipient, pathMessageId } from "./find-message.ts";
import { contentTypeOf, mexHeadersOf } from "./message-headers.ts";
import { readChunk } from "./parameters.ts";
import { prefersGzip, varyBy } from "./preferences.ts";
import { Refusal } from "./refusal.ts";
import { type Session, withMailbox } from "./session.ts";
import { openStoredBody } from "./stored-body.ts";
import { sendNothing } from "./version.ts";

export function addDownload(app: FastifyInstance, context: Context): void {
  const path = "/messageexchange/:mailboxId/inbox/:messageId";

  app.head(
    path,
    withMailbox(context, async (request, reply, session) => {
      const message = await findForHead(context, session, request);
      reply.headers(mexHeadersOf(message, 1)).header("last-modified", lastModified(message));
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
      const chunk = readChunk((request.params as { chunk: string }).chunk);
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
  reply.headers(mexHeadersOf(message, chunk)).header("last-modified", lastModified(message));
  reply.code(last ? 200 : 206);
  announceWhenSent(context, request, reply, message, chunk);
  if (message.type === "REPORT") return sendNothing(reply);

  const body = await context.store.body(message, chunk);
  if (body === undefined) throw new Refusal("message-unknown", { messageId: message.messageId });
  const open = async (): Promise<Buffer | Readable> => openStoredBody(context, message, chunk, body);
  reply.type(contentTypeOf(message));
  if (message.details.contentEncoding === "gzip") {
    varyBy(reply, "Accept-Encoding");
    if (!prefersGzip(request.headers["accept-encoding"]) && (await decodes(await open(), untilGone(reply)))) {
      // What the sender said of the compression is undone with it.
      if (message.details.compressed !== undefined) reply.header(headerNames.compressed, "N");
      return reply.send(gunzip(await open()));
    }
    reply.header("content-encoding", "gzip").header(headerNames.compressed, "Y");
  }
  return reply.header("content-length", body.size).send(await open());
}

/** Nothing changes what was accepted: not its acknowledgement either. What is put back is accepted anew. */
function lastModified({ acceptedAt, createdAt }: Message): string {
  return (acceptedAt ?? createdAt).toUTCString();
}

function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}

function gunzip(stored: Buffer | Readable): Readable {
  const plain = createGunzip();
  // It has just been decoded to its end. An error of the disk ends both; the client sees the connection cut, as the
  // length is not announced.
  pipeline(Buffer.isBuffer(stored) ? [stored] : stored, plain, () => undefined);
  return plain;
}

function announceWhenSent(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  message: Message,
  chunk: number,
): void {
  const { messageId, recipientId } = message;
  if (recipientId === undefined) return;
  // Once its last byte was handed on. An answer that has lost its client is ended too, but then the connection is gone.
  const { socket } = request.raw;
  reply.raw.once("finish", () => {
    // What could not be opened is answered with an error, which is sent whole too.
    if (socket.destroyed || reply.statusCode >= 300) return;
    if (message.state === "accepted") markGiven(context, message, chunk);
    if (chunk >= message.totalChunks) {
      context.emit({ event: "message-downloaded", messageId, mailboxId: recipientId });
    }
  });
}

/** Nobody waits for it, nor is it tried again: the store tells what keeps it from writing (decision 146). */
function markGiven({ store }: Context, message: Message, chunk: number): void {
  store.markGiven(message, chunk).catch(() => undefined);
}
