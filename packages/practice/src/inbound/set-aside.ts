import { inTransaction } from "@restante/durable";
import type { MailboxId } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { addReceived, type ReceivedMessage } from "../store/received.ts";
import { addTask } from "../store/tasks.ts";
import { eventId } from "./event-id.ts";

/** A message that could not be taken in: its files are kept, and a person is told. Never answered. */
export function importSetAside(
  context: PracticeContext,
  messageId: string,
  mailboxId: MailboxId,
  reason: string,
): void {
  inTransaction(context.database, () => {
    storeSetAside(context, { messageId, mailboxId, workflowId: "", subject: "", reason });
  });
  announceSetAside(context, messageId, reason);
}

/** Part of a transaction. */
export function storeSetAside(context: PracticeContext, message: Omit<ReceivedMessage, "kind">): void {
  addReceived(context.database, { ...message, kind: "set-aside" }, context.clock.now());
  addTask(context.database, {
    messageId: message.messageId,
    kind: "set-aside",
    summary: {},
    findings: [],
    attachments: [],
    matchOutcome: "not-checked",
    businessAsked: false,
    ids: [],
    replaces: [],
  });
}

export function announceSetAside({ emit, organisation }: PracticeContext, messageId: string, reason: string): void {
  emit({ event: "message-set-aside", odsCode: organisation.odsCode, messageId: eventId(messageId), reason });
}
