import { inTransaction } from "@restante/durable";
import type { RefusedFor } from "@restante/itk3";
import type { AcknowledgementLevel, MailboxId, PracticeEvent } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { addAttachmentContents } from "../store/attachments.ts";
import { addAccepted, addCopy, type Repeated, repeatedBy } from "../store/copies.ts";
import { addDocumentView } from "../store/document-views.ts";
import { addLikeness } from "../store/likeness.ts";
import { addReceived, type ReceivedKind } from "../store/received.ts";
import { addTask, departures } from "../store/tasks.ts";
import { eventId } from "./event-id.ts";
import type { ReadDocument, Reading } from "./reading.ts";
import { readMailbox, storeResponse, type Verdict } from "./respond.ts";
import type { Arrival } from "./source.ts";

const received: Verdict = { code: "20013", diagnostics: "The message was received and can be processed." };

/** What is told of a new task. */
type Raised = Pick<Extract<PracticeEvent, { event: "task-raised" }>, "taskId" | "findings" | "refusedFor">;

/** A message that is no response, as it was read. */
type Read = Reading & { document: ReadDocument };

/**
 * Takes in a message that should be a document: stores it, raises its task and decides on its answers, all in one
 * transaction. By docs/decisions/040-who-is-answered.md:
 *
 * - a MessageHeader.id or a document seen before is a duplicate: answered 20007 or 20008, kept, no task;
 * - what is not acceptable is refused at infrastructure level, which ends it, and is kept for a person; so is what the
 *   chosen strictness refuses (docs/decisions/192-strictness.md), of which nothing else is made, and what is of a kind that is
 *   not taken here (docs/decisions/270-kinds-not-taken.md);
 * - what is acceptable is a task, with whatever it departs from as findings, and 20013;
 * - a level is answered if its flag is true or unreadable, or the message is refused for its strictness, and only if MESH names
 *   a sender to answer.
 */
export function importDocument(context: PracticeContext, arrival: Arrival, read: Read, content: Uint8Array): void {
  const { database, emit, organisation } = context;
  const { odsCode } = organisation;
  const messageId = eventId(arrival.messageId);
  const raised = inTransaction(database, () => {
    const repeated = repeatedDocument(context, arrival, read);
    if (repeated === undefined) return storeChecked(context, arrival, read, content);
    storeDuplicate(context, arrival, read, content, repeated);
    return undefined;
  });
  const from = readMailbox(arrival.from) ?? ("" as MailboxId);
  emit({ event: "message-imported", odsCode, messageId, from, workflowId: arrival.workflowId });
  if (raised === undefined) emit({ event: "message-repeated", odsCode, messageId });
  else emit({ event: "task-raised", odsCode, messageId, ...raised });
}

function repeatedDocument(
  { database }: PracticeContext,
  { from }: Arrival,
  { headerId, document }: Read,
): Repeated | undefined {
  // Of what could not be read as a message, the id is not enough to say that it is the same.
  return document.isMessage ? repeatedBy(database, { headerId, documentId: document.documentId, from }) : undefined;
}

/** ITK3: "a duplicate is not forwarded, is logged and audited". */
function storeDuplicate(
  context: PracticeContext,
  arrival: Arrival,
  read: Read,
  content: Uint8Array,
  { code, taskId }: Repeated,
): void {
  store(context, arrival, read, content, code === "20007" ? "duplicate-message" : "duplicate-document");
  addCopy(context.database, arrival.messageId, taskId);
  const diagnostics =
    code === "20007"
      ? "A message with this MessageHeader.id was received and processed before."
      : "A document with this Bundle.id was received and processed before.";
  answer(context, arrival, read, "infrastructure", { code, diagnostics });
}

function storeChecked(context: PracticeContext, arrival: Arrival, read: Read, content: Uint8Array): Raised {
  const { acceptable, negative, findings, attachments, contents, summary, ids, replaces, likeness } = read.document;
  const { businessResponse } = context;
  store(context, arrival, read, content, kindOf(read.document), reasonOf(read.document));
  const taskId = addTask(context.database, {
    messageId: arrival.messageId,
    kind: acceptable ? "document" : "refused",
    summary,
    findings,
    attachments,
    matchOutcome: acceptable && businessResponse.kind === "onMatch" ? "waiting" : "not-checked",
    businessAsked: acceptable && read.handling.busAckRequested !== false,
    ids,
    replaces: acceptable ? replaces : [],
  });
  if (acceptable) {
    addAccepted(context.database, arrival.messageId, { headerId: read.headerId, documentId: read.document.documentId });
  }
  if (likeness !== undefined) addLikeness(context.database, arrival.messageId, likeness);
  addAttachmentContents(context.database, arrival.messageId, contents);
  addDocumentView(context.database, arrival.messageId, read.document);
  answer(context, arrival, read, "infrastructure", negative ?? received);
  // What may mean the opposite is for a person to decide on.
  const isPlain = summary.notices?.every(({ kind }) => kind !== "modified") ?? true;
  if (acceptable && isPlain && businessResponse.kind === "onDecision" && businessResponse.automatic !== undefined) {
    const diagnostics = "The referral was accepted automatically.";
    answer(context, arrival, read, "business", { code: businessResponse.automatic, diagnostics });
  }
  return { taskId, findings: departures(findings), ...(negative && { refusedFor: negative.because }) };
}

function kindOf({ negative }: ReadDocument): ReceivedKind {
  return negative === undefined ? "document" : refusedKinds[negative.because];
}

const refusedKinds: Readonly<Record<RefusedFor, ReceivedKind>> = {
  "not-acceptable": "refused",
  strictness: "refused-by-strictness",
  "not-taken": "refused-by-kind",
};

/** Why it is refused, for a person: what its sender is told, and what only they need know (GPCM-SD-034). */
function reasonOf({ negative, replaces }: ReadDocument): string | undefined {
  if (negative === undefined || replaces.length === 0) return negative?.diagnostics;
  return `${negative.diagnostics} It says that it replaces an earlier document, which stays as it was.`;
}

function store(
  { database, clock }: PracticeContext,
  { messageId, mailboxId, from, workflowId, subject }: Arrival,
  { headerId, document: { documentId } }: Read,
  content: Uint8Array,
  kind: ReceivedKind,
  reason?: string,
): void {
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
  read: Read,
  level: AcknowledgementLevel,
  verdict: Verdict,
): void {
  const { handling, headerId, document } = read;
  const asked = level === "infrastructure" ? handling.infAckRequested : handling.busAckRequested;
  // A flag may be what it is refused for: nothing is refused in silence (GPCM-SD-041).
  const isDue = asked !== false || (level === "infrastructure" && document.negative?.because === "strictness");
  const mailbox = readMailbox(from);
  if (!isDue || mailbox === undefined || workflowId === "") return;
  const { senderReference } = handling;
  storeResponse(context, { messageId, from: mailbox, workflowId, headerId, senderReference }, level, verdict);
}
