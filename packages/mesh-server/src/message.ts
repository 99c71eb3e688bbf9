// The life of a message. Pure: what may happen, and what else must happen with it in the same transaction.
//
//   uploading -> accepted | routing | abandoned    (a send in chunks, until its last chunk)
//   routing   -> accepted | failed                 (addressed to a patient; which mailbox is being found out)
//   accepted  -> acknowledged | undelivered        (in a mailbox; listed there)
//   accepted  -> damaged                           (an operator gives its body up, which nobody had whole)
//   undelivered -> accepted                        (an operator puts it back)
//
// What holds in each state:
//   uploading     the sender alone knows of it. 202 was said of each chunk after the chunk was synced.
//   routing       202 was said; the routing address is stored beside it, and nowhere else.
//   accepted      it has a place in its recipient's inbox, in the order of acceptance; its routing address is gone.
//   acknowledged  it is not listed; its body can still be read until it is deleted.
//   failed, undelivered, damaged   it is not listed, its body cannot be read; one report lies in the sender's mailbox,
//                 put there by the same transaction. A REPORT never causes a report.
//   abandoned     its chunks are gone. It was never accepted, so nobody is told.
// `dueAt` is when time alone moves it on: to abandoned, to undelivered, or out of the store.
//
// What holds of what operators do (operator.ts; decisions 145 and 146):
// - One that is put back is as one that was accepted now: listed last, with its whole time. It leaves again in one way, and
//   if that is a failure its sender has a second report. What its sender was told before is not taken back.
// - Damaged is for a body of which some chunk was never given out whole. One that its recipient had whole stays accepted: it
//   is acknowledged, or else its sender has report 14. A body that is damaged moves nothing by itself.
// - A closed mailbox takes no DATA message in: none becomes accepted in it, whether it is sent, completed, placed or put
//   back. What it has stays, is listed, acknowledged and reported as in any other; and it takes the reports on what it sent.
// The last two are told by what other rows say, so the store looks at them in the transaction of the change.

import {
  headerLimits,
  type MailboxId,
  type MessageId,
  type Recipient,
  reportStatuses,
  type RoutingErrorCode,
  serverCodes,
  type StatusEvent,
} from "@restante/mesh";

import { MeshServerError } from "./errors.ts";

export type MessageState =
  | "uploading"
  | "routing"
  | "accepted"
  | "acknowledged"
  | "undelivered"
  | "failed"
  | "damaged"
  | "abandoned";

const transitions: Readonly<Record<MessageState, readonly MessageState[]>> = {
  uploading: ["accepted", "routing", "abandoned"],
  routing: ["accepted", "failed"],
  accepted: ["acknowledged", "undelivered", "damaged"],
  undelivered: ["accepted"],
  acknowledged: [],
  failed: [],
  damaged: [],
  abandoned: [],
};

/**
 * Where a message in a mailbox may be put by hand, in development alone: whoever tests a client wants the state, not the way
 * to it. What holds in each state holds all the same, but that nobody is told: there is no report.
 */
const byHand: ReadonlySet<MessageState> = new Set(["accepted", "acknowledged", "undelivered", "failed"]);

export function mayBePut(from: MessageState, to: MessageState): boolean {
  return from !== to && byHand.has(from) && byHand.has(to);
}

export function mayMove(from: MessageState, to: MessageState): boolean {
  return transitions[from].includes(to);
}

/** What the sender said of a message: given back to the recipient as it came. May hold patient details. */
export interface MessageDetails {
  subject?: string;
  localId?: string;
  fileName?: string;
  partnerId?: string;
  processId?: string;
  fromSmtp?: string;
  toSmtp?: string;
  checksum?: string;
  compress?: string;
  compressed?: string;
  encrypted?: string;
  contentType?: string;
  contentEncoding?: string;
  /** Which of these came in bytes that are not UTF-8, and were read as Latin-1: they go as they came. */
  latin1?: readonly DetailText[];
}

export type DetailText = Exclude<keyof MessageDetails, "contentEncoding" | "latin1">;

/** Why a message failed or, in a report, why the other one did. */
export interface MessageStatus {
  event: StatusEvent;
  code: string;
  description: string;
}

export interface Message {
  messageId: MessageId;
  /** Whose it is: the sender's, or, of a report, the mailbox it is for. Every table is keyed by this first. */
  mailboxId: MailboxId;
  type: "DATA" | "REPORT";
  state: MessageState;
  /** The mailbox it is delivered to, once known. */
  recipientId?: MailboxId;
  /** What mex-to says. In a report: the receiver of the other message. Never a routing address. */
  to: Recipient;
  workflowId: string;
  details: MessageDetails;
  totalChunks: number;
  /** Bytes of body, over all chunks, as sent. */
  bytes: number;
  createdAt: Date;
  acceptedAt?: Date;
  changedAt: Date;
  dueAt?: Date;
  status?: MessageStatus;
  linkedMessageId?: MessageId;
}

/** How long things last, in milliseconds. */
export interface Periods {
  /** To finish a send in chunks. */
  upload: number;
  /** To collect an accepted message. */
  collect: number;
  /** From acceptance to deletion. */
  keep: number;
}

/**
 * How a report 14 is worded (decision 147): `mesh-api` with the subject of the message it is about; `sandbox` with `NDR: `
 * before it, and a file name made of the report's id.
 */
export type NonDeliveryReports = "mesh-api" | "sandbox";

/** A transition, and all that belongs to it. Applied whole or not at all, and only if the message is in `from`. */
export interface Change {
  mailboxId: MailboxId;
  messageId: MessageId;
  from: MessageState;
  to: MessageState;
  at: Date;
  dueAt?: Date;
  /** Given when it is placed: replaces the routing address. */
  recipientId?: MailboxId;
  status?: MessageStatus;
  report?: Message;
}

/** When time alone moves on a message that enters this state now. Undefined: time alone does not (see `routing.ts`). */
export function dueAfter(
  state: MessageState,
  times: { at: Date; createdAt: Date },
  periods: Periods,
): Date | undefined {
  switch (state) {
    case "uploading":
      return later(times.at, periods.upload);
    case "routing":
      return undefined;
    case "accepted":
      return later(times.at, periods.collect);
    case "acknowledged":
    case "undelivered":
    case "failed":
    case "damaged":
    case "abandoned": {
      // One that was put back may end late. It is kept for as long after as one that waited its whole time.
      const usual = later(times.createdAt, periods.keep);
      const least = later(times.at, periods.keep - periods.collect);
      return usual < least ? least : usual;
    }
  }
}

export function acknowledge(message: Message, at: Date, periods: Periods): Change {
  return change(message, "acknowledged", at, periods);
}

/** The last chunk is here. A message for a mailbox is accepted at once; one for a patient is routed first. */
export function finishUpload(message: Message, at: Date, periods: Periods): Change {
  return change(message, message.recipientId === undefined ? "routing" : "accepted", at, periods);
}

export function abandon(message: Message, at: Date, periods: Periods): Change {
  return change(message, "abandoned", at, periods);
}

/** The patient's practice takes this workflow in this mailbox. */
export function place(message: Message, recipientId: MailboxId, at: Date, periods: Periods): Change {
  return { ...change(message, "accepted", at, periods), recipientId };
}

/** The message cannot be routed: an EPL code, or 14 after PDS was unavailable for too long. */
export function failRouting(
  message: Message,
  code: RoutingErrorCode | "14",
  reportId: MessageId,
  at: Date,
  periods: Periods,
  reports?: NonDeliveryReports,
): Change {
  const description = code === "14" ? (serverCodes["14"] ?? "") : reportStatuses[code].description;
  return fail(message, "failed", { event: "SEND", code, description }, reportId, at, periods, reports);
}

/** MESH API, Message expiration: not acknowledged in time, the message leaves the inbox and its sender is told. */
export function expire(
  message: Message,
  reportId: MessageId,
  at: Date,
  periods: Periods,
  reports?: NonDeliveryReports,
): Change {
  const { event, code, description } = reportStatuses["14"];
  return fail(message, "undelivered", { event, code, description }, reportId, at, periods, reports);
}

/** An operator puts an undelivered message back: it is listed last, and has its whole time again. */
export function redeliver(message: Message, at: Date, periods: Periods): Change {
  return change(message, "accepted", at, periods);
}

/** An operator gives up a body that is not what came, and that nobody was given whole: its sender can send it again. */
export function giveUp(message: Message, reportId: MessageId, at: Date, periods: Periods): Change {
  if (message.type === "REPORT") {
    throw new MeshServerError("transition-not-allowed", "A report has no body that could be damaged.");
  }
  const { event, code, description } = reportStatuses["02"];
  return fail(message, "damaged", { event, code, description }, reportId, at, periods);
}

/** As it is put by hand; undefined where it may not be. */
export function put(
  message: Message,
  to: MessageState,
  at: Date,
  periods: Periods,
  status: MessageStatus | undefined,
): Change | undefined {
  if (!mayBePut(message.state, to)) return undefined;
  return { ...changeTo(message, to, at, periods), ...(status !== undefined && { status }) };
}

function fail(
  message: Message,
  to: "failed" | "undelivered" | "damaged",
  status: MessageStatus,
  reportId: MessageId,
  at: Date,
  periods: Periods,
  reports: NonDeliveryReports = "mesh-api",
): Change {
  const failed = { ...change(message, to, at, periods), status };
  if (message.type === "REPORT") return failed;
  const report = reportOn(message, status, reportId, at, periods);
  return { ...failed, report: reports === "sandbox" && status.code === "14" ? asInSandbox(report) : report };
}

function asInSandbox(report: Message): Message {
  const { details, messageId } = report;
  const subject = subjectInSandbox(details.subject);
  return { ...report, details: { ...details, subject, fileName: `${messageId}.dat` } };
}

/** A subject at its limit loses its last characters, as one beyond it would not be given out at all. */
export function subjectInSandbox(subject: string | undefined): string {
  return subject === undefined ? "NDR" : Array.from(`NDR: ${subject}`).slice(0, headerLimits.subject).join("");
}

function reportOn(message: Message, status: MessageStatus, reportId: MessageId, at: Date, periods: Periods): Message {
  const { subject, localId, latin1 } = message.details;
  return {
    messageId: reportId,
    mailboxId: message.mailboxId,
    type: "REPORT",
    state: "accepted",
    recipientId: message.mailboxId,
    to: message.to,
    workflowId: message.workflowId,
    details: {
      ...(subject !== undefined && { subject }),
      ...(localId !== undefined && { localId }),
      ...(latin1 !== undefined && { latin1 }),
    },
    totalChunks: 0,
    bytes: 0,
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    dueAt: later(at, periods.collect),
    status,
    linkedMessageId: message.messageId,
  };
}

function change(message: Message, to: MessageState, at: Date, periods: Periods): Change {
  if (!mayMove(message.state, to)) {
    throw new MeshServerError("transition-not-allowed", `A message that is ${message.state} cannot become ${to}.`);
  }
  return changeTo(message, to, at, periods);
}

function changeTo(message: Message, to: MessageState, at: Date, periods: Periods): Change {
  const dueAt = dueAfter(to, { at, createdAt: message.createdAt }, periods);
  return {
    mailboxId: message.mailboxId,
    messageId: message.messageId,
    from: message.state,
    to,
    at,
    ...(dueAt !== undefined && { dueAt }),
  };
}

function later(at: Date, period: number): Date {
  return new Date(at.getTime() + period);
}
