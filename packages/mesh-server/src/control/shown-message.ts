import type { MessageSummary, WholeMessage } from "@restante/control";
import { decodeHeaderText } from "@restante/mesh";

import type { Context } from "../context.ts";
import { contentTypeOf, mexHeadersOf } from "../http/message-headers.ts";
import type { Message } from "../message.ts";
import { readBytes, textOf } from "./stored-text.ts";

export function summaryOf(message: Message): MessageSummary {
  const { type, details, recipientId, linkedMessageId, status, acceptedAt, dueAt } = message;
  return {
    messageId: message.messageId,
    type,
    state: message.state,
    ...(type === "DATA" && { from: message.mailboxId }),
    ...(recipientId !== undefined && { mailbox: recipientId }),
    workflowId: message.workflowId,
    ...(details.localId !== undefined && { localId: details.localId }),
    ...(details.subject !== undefined && { subject: details.subject }),
    ...(details.fileName !== undefined && { fileName: details.fileName }),
    ...(linkedMessageId !== undefined && { linkedMessageId }),
    ...(status !== undefined && { status }),
    bytes: message.bytes,
    chunks: message.totalChunks,
    createdAt: message.createdAt.toISOString(),
    ...(acceptedAt !== undefined && { acceptedAt: acceptedAt.toISOString() }),
    changedAt: message.changedAt.toISOString(),
    ...(dueAt !== undefined && { dueAt: dueAt.toISOString() }),
  };
}

/** @throws {BodyDamaged} */
export async function wholeMessage(
  context: Pick<Context, "store" | "bodies">,
  message: Message,
  most?: number,
): Promise<WholeMessage> {
  const stored = await readBytes(context, message, most);
  const text = await textOf(message, stored);
  return {
    ...summaryOf(message),
    headers: headersOf(message, await firstBytes(context, message)),
    body: stored.bytes.toString("base64"),
    ...(text !== undefined && { text }),
    isWhole: stored.isWhole,
  };
}

/** Of its first chunk, which is what a download answers; undefined of one that is not here. */
async function firstBytes({ store }: Pick<Context, "store">, message: Message): Promise<number | undefined> {
  return message.totalChunks === 0 ? 0 : (await store.body(message, 1))?.size;
}

/** Those of a download of its first chunk by who would rather have gzip than not. */
function headersOf(message: Message, bytes: number | undefined): Record<string, string> {
  const written = {
    ...mexHeadersOf(message, 1),
    "last-modified": (message.acceptedAt ?? message.createdAt).toUTCString(),
    ...(message.type === "DATA" && { "content-type": contentTypeOf(message) }),
    ...(message.details.contentEncoding === "gzip" && { "content-encoding": "gzip", "mex-content-compressed": "Y" }),
    ...(bytes !== undefined && { "content-length": String(bytes) }),
  };
  // On the wire they are bytes, one a character.
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, decodeHeaderText(value)]));
}
