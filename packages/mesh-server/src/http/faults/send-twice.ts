// A send that is accepted as two messages: the second right after the first, under an id of its own. A send in chunks has
// its twin from the first chunk on, and each later chunk goes to both.
//
// The first is accepted as ever, and its sender is told of it alone. Whatever keeps the second from being accepted is
// nobody's loss, so it fails nothing.

import { Readable } from "node:stream";

import { newMessageId } from "@restante/mesh";
import type { FastifyRequest } from "fastify";

import type { StoredBody } from "../../bodies/bodies.ts";
import type { Context } from "../../context.ts";
import { finishUpload, type Message } from "../../message.ts";
import { faultOf } from "./taken-of.ts";

/** Beyond so many uploads at once the oldest goes on alone. */
const MOST_TWINS = 1000;

/** The twin of a message that was accepted, or whose upload began; undefined if none was asked for, or there is no room. */
export async function sendTwice(
  context: Context,
  request: FastifyRequest,
  { message, routingAddress, body }: { message: Message; routingAddress: string | undefined; body: StoredBody },
): Promise<Message | undefined> {
  const { faults } = context;
  if (faults === undefined || faultOf(context, request, "deliver-twice") === undefined) return undefined;
  const twin = { ...message, messageId: newMessageId(context.clock.now()) };
  const outcome = await withCopy(context, twin, { chunk: 1, body }, (copy) =>
    context.store.accept({
      message: twin,
      ...(routingAddress !== undefined && { routingAddress }),
      body: copy,
    }),
  );
  if (outcome !== "done") return undefined;
  if (twin.state === "uploading") {
    faults.twins.set(message.messageId, twin);
    const [oldest] = faults.twins.keys();
    if (faults.twins.size > MOST_TWINS && oldest !== undefined) faults.twins.delete(oldest);
  }
  return twin;
}

/** Gives a chunk that was stored to the twin of its message, too. The twin, once that makes it complete. */
export async function sendChunkTwice(
  context: Context,
  { messageId }: Message,
  part: { chunk: number; body: StoredBody },
): Promise<Message | undefined> {
  const twin = context.faults?.twins.get(messageId);
  if (twin === undefined) return undefined;
  const outcome = await withCopy(context, twin, part, (body) =>
    context.store.addChunk({
      mailboxId: twin.mailboxId,
      messageId: twin.messageId,
      chunk: part.chunk,
      body,
      finish: finishUpload(twin, context.clock.now(), context.periods),
    }),
  );
  if (outcome !== "finished") return undefined;
  context.faults?.twins.delete(messageId);
  return context.store.find(twin.mailboxId, twin.messageId);
}

async function withCopy<Outcome>(
  { bodies }: Context,
  { messageId }: Message,
  { chunk, body }: { chunk: number; body: StoredBody },
  write: (copy: StoredBody) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  let copy: StoredBody | undefined;
  try {
    const opened = await bodies.open(body);
    const source = Buffer.isBuffer(opened) ? Readable.from([opened]) : opened;
    copy = await bodies.receive(source, `${messageId}-${chunk}`, { maxBytes: body.size });
    const outcome = await write(copy);
    if (outcome !== "done" && outcome !== "stored" && outcome !== "finished") await bodies.discard(copy);
    return outcome;
  } catch {
    // A file without a row is for the next start's sweep.
    return undefined;
  }
}
