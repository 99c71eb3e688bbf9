import type { MessageId } from "@restante/mesh";
import type { FastifyRequest } from "fastify";

import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";

/** The message id of the path. Ids are upper case; clients may write them as they like. */
export function pathMessageId(request: FastifyRequest): MessageId {
  return (request.params as { messageId: string }).messageId.toUpperCase() as MessageId;
}

/**
 * The message of the path, if it is this mailbox's to receive.
 * @throws {Refusal} 403 for another mailbox's, 404 for none (reference, Errors)
 */
export async function findForRecipient(
  { store }: Context,
  { mailbox }: Session,
  request: FastifyRequest,
): Promise<Message> {
  const messageId = pathMessageId(request);
  const message = await store.findDelivered(mailbox.mailboxId, messageId);
  if (message !== undefined) return message;
  throw new Refusal((await store.exists(messageId)) ? "message-of-another-mailbox" : "message-unknown");
}
