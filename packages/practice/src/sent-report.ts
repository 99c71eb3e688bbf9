// What becomes of a message that this organisation sends, and what comes back about it.
import type { AcknowledgementLevel, MailboxId, MessageId, OdsCode } from "@restante/mesh";

/** See hand-over/states.ts, where each is defined. */
export type HandOverState = "built" | "handed-over" | "sent" | "held" | "failed" | "returned" | "refused";

/** See hand-over/states.ts, where each is defined. */
export type ReportState = HandOverState | "received" | "accepted";

/**
 * How a report stands, in as few words as a list is asked for it by:
 * - `awaited`, `late`: it is on its way, or its business answer is still to come; `late` since a set time.
 * - `accepted`, `refused`, `held`: as its state.
 * - `undelivered`: `failed` or `returned`.
 */
export type ReportStanding = "awaited" | "late" | "accepted" | "refused" | "undelivered" | "held";

/** An answer that is still to come. */
export interface AwaitedAnswer {
  /** `infrastructure` also while the report has not left. */
  level: AcknowledgementLevel;
  /** When the report was made; of the business answer, when the recipient had it. */
  since: Date;
  /** It is late after this. */
  by: Date;
}

export interface ReportReceiver {
  /** See `ReportQuery.receiver`. */
  key: string;
  name?: string;
}

/**
 * `registered-practice`: MESH finds it by the patient. Its mailbox is known only once an answer has come from it. `name`:
 * of the organisation, where the consultation, the practice's own list of organisations or MESH tells it.
 */
export type ReportRecipient =
  | { kind: "registered-practice"; mailboxId?: MailboxId; odsCode?: OdsCode; name?: string }
  | { kind: "organisation"; odsCode: OdsCode; mailboxId?: MailboxId; name?: string };

export interface ReceivedResponse {
  code: string;
  /** The code's text in the response, then its diagnostics. */
  text: string;
  diagnostics?: string;
  positive: boolean;
  receivedAt: Date;
  from?: MailboxId;
  messageId: MessageId | string;
}

export interface MeshReport {
  messageId: MessageId | string;
  receivedAt: Date;
  event: string;
  success: boolean;
  code: string;
  text: string;
}

/** An answer that came about a report and changed nothing: it repeats an earlier one, contradicts it, or was not believed. */
export interface UnusedAnswer {
  messageId: MessageId | string;
  receivedAt: Date;
  from?: MailboxId;
  level: AcknowledgementLevel;
  code: string;
  text: string;
  /** Where a person was told of it. Absent: it says what was known. */
  strayId?: number;
}

/**
 * Why what came belongs to nothing, or was not believed. A response:
 * - `unreadable`: it cannot be read as one.
 * - `not-sent-here`: it answers what was not sent from here.
 * - `other-mailbox`: it comes from another mailbox than the message went to.
 * - `modified`: something that is not known here may change what it says.
 * - `says-otherwise`: the message was answered at this level before, and not so.
 *
 * A MESH report: `names-no-message`, `about-nothing-sent`.
 */
export type StrayReason =
  | ("unreadable" | "not-sent-here" | "other-mailbox" | "modified" | "says-otherwise")
  | ("names-no-message" | "about-nothing-sent");
