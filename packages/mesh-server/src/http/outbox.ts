// MESH API, Send message and Send chunked message.
//
// 202 means: body and row are on disk. A single request is accepted (or waits to be routed) by that commit; the first
// of several makes a message in state uploading, and the chunk that completes it accepts it in its own commit.

import { type MailboxId, type MessageId, newMessageId, type Recipient } from "@restante/mesh";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { bodyTooLarge, type StoredBody } from "../bodies/bodies.ts";
import { keeping } from "../bodies/keeping.ts";
import type { Context } from "../context.ts";
import { sendChunkTwice, sendTwice } from "./faults/send-twice.ts";
import { type Change, dueAfter, finishUpload, type Message } from "../message.ts";
import { compareChunk } from "./compare-chunk.ts";
import { type Envelope, readContentEncoding, readEnvelope, readRange } from "./envelope.ts";
import { chunkHeaders, readChunk, requireValid } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { type Session, withMailbox } from "./session.ts";
import { sendJson } from "./version.ts";

/** A mailbox is emptied by people's systems, at their polls. */
const RETRY_FULL_SECONDS = 60;

export function addOutbox(app: FastifyInstance, context: Context): void {
  app.post(
    "/messageexchange/:mailboxId/outbox",
    withMailbox(context, async (request, reply, session) => {
      const message = await send(context, request, session);
      const answer = session.version === 1 ? { messageID: message.messageId } : { message_id: message.messageId };
      // Both versions answer application/json here.
      return sendJson(reply, 202, answer);
    }),
  );

  app.post(
    "/messageexchange/:mailboxId/outbox/:messageId/:chunk",
    withMailbox(context, async (request, reply, session) => {
      const { messageId, chunk } = request.params as { messageId: string; chunk: string };
      const sent = await sendChunk(context, request, session, messageId.toUpperCase() as MessageId, chunk);
      return sendJson(reply, 202, session.version === 1 ? { messageID: messageId, blockID: sent } : null);
    }),
  );
}

async function send(context: Context, request: FastifyRequest, session: Session): Promise<Message> {
  const envelope = readEnvelope(request.headers, session.mailbox, context.registry);
  const recipientId = "recipientId" in envelope.to ? envelope.to.recipientId : undefined;
  if (recipientId !== undefined) await refuseUnlessItTakes(context, recipientId);
  const createdAt = context.clock.now();
  const messageId = newMessageId(createdAt);
  const { mailboxId } = session.mailbox;
  const body = await receiveBody(context, request, { mailboxId, messageId, chunk: 1 });
  const message = newMessage(context, envelope, session, { messageId, createdAt, bytes: body.size });
  const routingAddress = "routingAddress" in envelope.to ? envelope.to.routingAddress : undefined;
  const outcome = await keeping(context.bodies, body, () =>
    context.store.accept({
      message,
      ...(routingAddress !== undefined && { routingAddress }),
      body,
      token: session.token,
    }),
  );
  if (outcome === "mailbox-closed") throw await dropped(context, body, new Refusal("mailbox-closed"));
  if (outcome === "mailbox-full") throw await dropped(context, body, await foundFull(context, message));
  session.recorded = true;
  if (outcome === "token-used") throw await dropped(context, body, new Refusal("token-used-before"));
  announce(context, message);
  if (context.faults !== undefined) {
    announce(context, await sendTwice(context, request, { message, routingAddress, body }));
  }
  return message;
}

async function sendChunk(
  context: Context,
  request: FastifyRequest,
  session: Session,
  messageId: MessageId,
  chunkText: string,
): Promise<number> {
  const message = await findUpload(context, session, messageId);
  const chunk = readChunkNumber(chunkText, message);
  requireValid(chunkHeaders, (name) => request.headers[name]?.toString().trim());
  const range = readRange(request.headers["mex-chunk-range"]?.toString().trim());
  if (range !== undefined && (range.chunk !== chunk || range.total !== message.totalChunks)) {
    throw new Refusal("chunk-range-wrong", { messageId });
  }
  const encoding = readContentEncoding(request.headers);
  const encodingChanged = encoding !== message.details.contentEncoding;
  // Unless it is here: then its content decides.
  if (encodingChanged && (await context.store.body(message, chunk)) === undefined) {
    throw new Refusal("encoding-changed", { messageId });
  }
  const { mailboxId } = message;
  const body = await receiveBody(context, request, { mailboxId, messageId, chunk });
  const finish = finishUpload(message, context.clock.now(), context.periods);
  const outcome = await keeping(context.bodies, body, () =>
    context.store.addChunk({
      mailboxId,
      messageId,
      chunk,
      body,
      token: session.token,
      finish,
    }),
  );
  if (outcome === "there-already") {
    await compareChunk(context, message, chunk, { body, encoding });
    return chunk;
  }
  if (outcome === "not-uploading") {
    // Wiped while its body came, as only development does, it is by no means complete.
    const isGone = (await context.store.find(message.mailboxId, messageId)) === undefined;
    throw await dropped(context, body, new Refusal(isGone ? "message-unknown" : "upload-complete", { messageId }));
  }
  // The upload stays as it is: it goes on if the mailbox is opened in time, else it is abandoned as any other.
  if (outcome === "mailbox-closed") throw await dropped(context, body, new Refusal("mailbox-closed", { messageId }));
  // It may be sent again while the upload has time.
  if (outcome === "mailbox-full") throw await dropped(context, body, await foundFull(context, message));
  session.recorded = true;
  if (outcome === "token-used") throw await dropped(context, body, new Refusal("token-used-before"));
  if (outcome === "finished") announce(context, await findFinished(context, message, finish, body));
  if (context.faults !== undefined) announce(context, await sendChunkTwice(context, message, { chunk, body }));
  return chunk;
}

/** Of chunks that came at once the store alone knows the size of all. Accepted it is, whether that can be asked now or not. */
async function findFinished(
  { store }: Context,
  message: Message,
  { to }: Change,
  { size }: StoredBody,
): Promise<Message | undefined> {
  try {
    return await store.find(message.mailboxId, message.messageId);
  } catch {
    return { ...message, state: to, bytes: message.bytes + size };
  }
}

async function findUpload(context: Context, session: Session, messageId: MessageId): Promise<Message> {
  const message = await context.store.find(session.mailbox.mailboxId, messageId);
  if (message === undefined || message.type !== "DATA") {
    throw new Refusal((await context.store.exists(messageId)) ? "message-of-another-mailbox" : "message-unknown");
  }
  if (message.state !== "uploading") throw new Refusal("upload-complete", { messageId });
  return message;
}

function readChunkNumber(text: string, { totalChunks, messageId }: Message): number {
  const chunk = readChunk(text);
  if (chunk > totalChunks) throw new Refusal("chunk-beyond-total", { messageId });
  return chunk;
}

async function receiveBody(
  context: Context,
  request: FastifyRequest,
  { mailboxId: sender, messageId, chunk }: { mailboxId: MailboxId; messageId: MessageId; chunk: number },
): Promise<StoredBody> {
  const length = request.headers["content-length"];
  if (Number(length ?? 0) > context.maxRequestBytes) throw bodyTooLarge(context.maxRequestBytes);
  const body = await context.bodies.receive(request.raw, `${messageId}-${chunk}`, {
    maxBytes: context.maxRequestBytes,
    sender,
    ...(length !== undefined && { expectedBytes: Number(length) }),
  });
  if (body.size === 0) throw new Refusal("body-empty");
  return body;
}

/** Before its body is taken in; the store looks again. Closed is for good, so it goes before full. */
async function refuseUnlessItTakes({ store, room }: Context, recipientId: MailboxId): Promise<void> {
  if ((await store.closureOf(recipientId)) !== undefined) throw new Refusal("mailbox-closed");
  if (await room.isFull(recipientId)) throw mailboxFull();
}

/** Nothing was stored, and the token is not used: it is not the sender's fault, nor for good. */
function mailboxFull(): Refusal {
  return new Refusal("mailbox-full", { headers: { "retry-after": String(RETRY_FULL_SECONDS) } });
}

/** Found by the store, and so not told yet. */
async function foundFull({ room }: Context, { recipientId }: Message): Promise<Refusal> {
  if (recipientId !== undefined) await room.isFull(recipientId);
  return mailboxFull();
}

async function dropped(context: Context, body: StoredBody, refusal: Refusal): Promise<Refusal> {
  await context.bodies.discard(body);
  return refusal;
}

function newMessage(
  context: Context,
  envelope: Envelope,
  session: Session,
  { messageId, createdAt, bytes }: { messageId: MessageId; createdAt: Date; bytes: number },
): Message {
  const recipientId = "recipientId" in envelope.to ? envelope.to.recipientId : undefined;
  const whole = recipientId === undefined ? "routing" : "accepted";
  const state = envelope.totalChunks > 1 ? "uploading" : whole;
  const dueAt = dueAfter(state, { at: createdAt, createdAt }, context.periods);
  return {
    messageId,
    mailboxId: session.mailbox.mailboxId,
    type: "DATA",
    state,
    to: recipientId ?? "GPPROVIDER",
    workflowId: envelope.workflowId,
    details: envelope.details,
    totalChunks: envelope.totalChunks,
    bytes,
    createdAt,
    changedAt: createdAt,
    ...(recipientId !== undefined && { recipientId }),
    ...(state === "accepted" && { acceptedAt: createdAt }),
    ...(dueAt !== undefined && { dueAt }),
  };
}

function announce(context: Context, message: Message | undefined): void {
  if (message === undefined || message.state === "uploading") return;
  const { messageId, mailboxId: from, workflowId, bytes, recipientId } = message;
  const to: Recipient = recipientId ?? "GPPROVIDER";
  context.emit({ event: "message-accepted", messageId, from, to, workflowId, bytes });
  if (recipientId === undefined) context.wakeRouting();
  else context.emit({ event: "message-placed", messageId, mailboxId: recipientId });
}
