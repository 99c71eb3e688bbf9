import { ackWorkflow, type AcknowledgementLevel, type MailboxId, parseMailboxId } from "@restante/mesh";
import {
  businessResponse,
  infrastructureResponse,
  type IssueType,
  responseCodes,
  responseSubjects,
} from "@restante/itk3";
import type { PracticeContext } from "../context.ts";
import { addOutgoing } from "../store/outgoing.ts";

/** The message being answered, as far as it could be read. */
export interface Request {
  /** MESH's id of it. */
  messageId: string;
  /** The mailbox that MESH says sent it: where the answer goes, whatever the message says. */
  from: MailboxId;
  workflowId: string;
  /** Undefined: unreadable; the answer says so. */
  headerId?: string | undefined;
  senderReference?: string | undefined;
}

/** What is answered. */
export interface Verdict {
  code: string;
  /** For the sender's people; no patient detail (FHIR-BA-02). */
  diagnostics: string;
  /** The first that goes with the code, if absent. */
  issueCode?: IssueType;
}

/**
 * Stores an answer, to be handed over like any other message. Part of the transaction that decides on it; a message is
 * answered once at each level, whoever asks for it again. Its header id; undefined: it was answered before.
 *
 * It leaves by the mailbox that the request came to, addressed to the mailbox that the request came from, on the request's workflow with `_ACK`, LocalId the own ODS code,
 * and with no patient detail in Subject or diagnostics (FHIR-BA-02).
 */
export function storeResponse(
  context: PracticeContext,
  request: Request,
  level: AcknowledgementLevel,
  { code, diagnostics, issueCode }: Verdict,
): string | undefined {
  const { database, organisation, clock } = context;
  if (isAnswered(context, request.messageId, level)) return undefined;
  const now = clock.now();
  const mailboxId = mailboxOf(context, request.messageId);
  const build = level === "infrastructure" ? infrastructureResponse : businessResponse;
  const { xml, headerId } = build({
    now,
    request: { headerId: request.headerId, senderReference: request.senderReference },
    code,
    ...(issueCode && { issueCode }),
    diagnostics,
    responder: { odsCode: organisation.odsCode, mailboxId },
  });
  addOutgoing(
    database,
    {
      headerId,
      kind: "response",
      mailboxId,
      toAddress: request.from,
      workflowId: ackWorkflow(request.workflowId),
      subject: responseSubjects[level],
      localId: organisation.odsCode,
      content: new TextEncoder().encode(xml),
    },
    now,
  );
  const meaning = responseCodes.get(code);
  database
    .prepare(
      `INSERT INTO given_response (header_id, request_message_id, request_header_id, level, code, text, positive)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      headerId,
      request.messageId,
      request.headerId ?? null,
      level,
      code,
      meaning?.display ?? "",
      meaning?.positive ? 1 : 0,
    );
  return headerId;
}

export function isAnswered({ database }: PracticeContext, messageId: string, level: AcknowledgementLevel): boolean {
  return (
    database
      .prepare("SELECT 1 FROM given_response WHERE request_message_id = ? AND level = ?")
      .get(messageId, level) !== undefined
  );
}

/** The mailbox of ours that a message came to. */
function mailboxOf({ database }: PracticeContext, messageId: string): MailboxId {
  const row = database.prepare("SELECT mailbox_id FROM received WHERE message_id = ?").get(messageId);
  return row?.["mailbox_id"] as MailboxId;
}

/** The mailbox to answer, or undefined: none was named, or what was named is no mailbox. */
export function readMailbox(text: string | undefined): MailboxId | undefined {
  try {
    return text === undefined ? undefined : parseMailboxId(text);
  } catch {
    return undefined;
  }
}
