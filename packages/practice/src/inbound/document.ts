import { check, type MessageHandling, type ReadResult } from "@restante/itk3";
import type { AcknowledgementLevel, MailboxId } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { inTransaction } from "../store/database.ts";
import { addReceived, isKnownDocument, isKnownHeader, type ReceivedKind } from "../store/received.ts";
import { addTask } from "../store/tasks.ts";
import { eventId } from "./event-id.ts";
import { readMailbox, storeResponse, type Verdict } from "./respond.ts";
import type { Arrival } from "./source.ts";
import { attachmentsOf, idsOf, replacedBy, summarise } from "./summary.ts";

const received: Verdict = { code: "20013", diagnostics: "The message was received and can be processed." };

const unreadableHandling: MessageHandling = {
  busAckRequested: undefined,
  infAckRequested: undefined,
  recipientType: undefined,
  messageDefinition: undefined,
  senderReference: undefined,
  localExtension: undefined,
};

/**
 * Takes in a message that should be a document: stores it, raises its task and decides on its answers, all in one
 * transaction. By docs/decisions/040-who-is-answered.md:
 *
 * - a MessageHeader.id or a document seen before is a duplicate: answered 20007 or 20008, kept, no task;
 * - what is not acceptable is refused at infrastructure level, which ends it, and is kept for a person;
 * - what is acceptable is a task, with whatever it departs from as findings, and 20013;
 * - a level is answered if its flag is true or unreadable, and only if MESH names a sender to answer.
 */
export function importDocument(
  context: PracticeContext,
  arrival: Arrival,
  read: ReadResult,
  content: Uint8Array,
): void {
  const { database, emit, organisation } = context;
  const { odsCode } = organisation;
  const messageId = eventId(arrival.messageId);
  const raised = inTransaction(database, () => {
    const duplicate = duplicateCode(context, read);
    if (duplicate === undefined) return storeChecked(context, arrival, read, content);
    storeDuplicate(context, arrival, read, content, duplicate);
    return undefined;
  });
  const from = readMailbox(arrival.from) ?? ("" as MailboxId);
  emit({ event: "message-imported", odsCode, messageId, from, workflowId: arrival.workflowId });
  if (raised === undefined) emit({ event: "message-repeated", odsCode, messageId });
  else emit({ event: "task-raised", odsCode, messageId, ...raised });
}

function duplicateCode({ database }: PracticeContext, { message }: ReadResult): "20007" | "20008" | undefined {
  if (message?.headerId !== undefined && isKnownHeader(database, message.headerId)) return "20007";
  const documentId = message?.document?.id;
  return documentId !== undefined && isKnownDocument(database, documentId) ? "20008" : undefined;
}

/** ITK3: "a duplicate is not forwarded, is logged and audited". */
function storeDuplicate(
  context: PracticeContext,
  arrival: Arrival,
  read: ReadResult,
  content: Uint8Array,
  code: "20007" | "20008",
): void {
  store(context, arrival, read, content, code === "20007" ? "duplicate-message" : "duplicate-document");
  const diagnostics =
    code === "20007"
      ? "A message with this MessageHeader.id was received and processed before."
      : "A document with this Bundle.id was received and processed before.";
  answer(context, arrival, read, "infrastructure", { code, diagnostics });
}

function storeChecked(
  context: PracticeContext,
  arrival: Arrival,
  read: ReadResult,
  content: Uint8Array,
): { taskId: number; findings: number } {
  const { message } = read;
  // Without To: the address that the sender wrote is not delivered, MESH puts the mailbox in its place.
  const { from, workflowId, subject, localId } = arrival;
  const { acceptable, findings, negative } = check(read, { envelope: { from, workflowId, subject, localId } });
  const { businessResponse } = context;
  store(context, arrival, read, content, acceptable ? "document" : "refused", negative?.diagnostics);
  const taskId = addTask(context.database, {
    messageId: arrival.messageId,
    kind: acceptable ? "document" : "refused",
    summary: message === undefined ? {} : summarise(message),
    findings: findings.map(({ id, severity, location, text }) => ({ id, severity, location, text })),
    attachments: message === undefined ? [] : attachmentsOf(message),
    matchOutcome: acceptable && businessResponse.kind === "onMatch" ? "waiting" : "not-checked",
    businessAsked: acceptable && handlingOf(read).busAckRequested !== false,
    ids: message === undefined || !acceptable ? [] : idsOf(message),
    replaces: message === undefined || !acceptable ? [] : replacedBy(message),
  });
  answer(context, arrival, read, "infrastructure", negative ?? received);
  if (acceptable && businessResponse.kind === "onDecision" && businessResponse.automatic !== undefined) {
    const diagnostics = "The referral was accepted automatically.";
    answer(context, arrival, read, "business", { code: businessResponse.automatic, diagnostics });
  }
  return { taskId, findings: findings.length };
}

function store(
  { database, clock }: PracticeContext,
  { messageId, mailboxId, from, workflowId, subject }: Arrival,
  { message, remains }: ReadResult,
  content: Uint8Array,
  kind: ReceivedKind,
  reason?: string,
): void {
  const headerId = message?.headerId ?? remains?.headerId;
  const documentId = message?.document?.id;
  addReceived(
    database,
    {
      messageId,
      mailboxId,
      from: readMailbox(from) ?? from,
      workflowId,
      subject,
      kind,
      headerId,
      documentId,
      reason,
      content,
    },
    clock.now(),
  );
}

function answer(
  context: PracticeContext,
  { messageId, from, workflowId }: Arrival,
  read: ReadResult,
  level: AcknowledgementLevel,
  verdict: Verdict,
): void {
  const handling = handlingOf(read);
  const asked = level === "infrastructure" ? handling.infAckRequested : handling.busAckRequested;
  const mailbox = readMailbox(from);
  if (asked === false || mailbox === undefined || workflowId === "") return;
  const headerId = read.message?.headerId ?? read.remains?.headerId;
  const { senderReference } = handling;
  storeResponse(context, { messageId, from: mailbox, workflowId, headerId, senderReference }, level, verdict);
}

function handlingOf({ message, remains }: ReadResult): MessageHandling {
  return message?.handling ?? remains?.handling ?? unreadableHandling;
}
