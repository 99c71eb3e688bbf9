import {
  clientStatuses,
  type ControlFile,
  type MailboxId,
  type MessageId,
  type MexHeaders,
  type StatusRecord,
} from "@restante/mesh";
import { type Dating, receivedTime, statusTime } from "./status-times.ts";

/** A status as it happens now. */
export function record(
  { event, success, code, description }: Omit<StatusRecord, "at">,
  { clock, settings }: Dating,
): StatusRecord {
  return { at: statusTime(clock.now(), settings.statusTimes), event, success, code, description };
}

/** The `.ctl` of SENT: the sender's, with the id of the message and what became of it. */
export function sentControl(
  control: ControlFile,
  { messageId, isCompressed }: { messageId: MessageId; isCompressed: boolean },
  dating: Dating,
): ControlFile {
  return {
    ...control,
    addressType: "DTS",
    messageId,
    isCompressed,
    status: record(clientStatuses.sent, dating),
  };
}

/** A `.ctl` without a `.dat`, about a pair of ours. */
export function reportControl(
  about: Partial<ControlFile>,
  { mailboxId, messageId, status }: { mailboxId: MailboxId; messageId?: MessageId | undefined; status: StatusRecord },
): ControlFile {
  return {
    version: about.version ?? "1.0",
    addressType: "DTS",
    messageType: "Report",
    from: about.from ?? mailboxId,
    to: about.to,
    subject: about.subject,
    localId: about.localId,
    messageId,
    compress: about.compress,
    encrypted: about.encrypted,
    workflowId: about.workflowId,
    isCompressed: false,
    allowChunking: about.allowChunking,
    status,
  };
}

/** The `.ctl` of a received message, or of a report of the server. */
export function receivedControl(
  messageId: MessageId,
  headers: MexHeaders,
  { mailboxId, isCompressed }: { mailboxId: MailboxId; isCompressed: boolean },
  dating: Dating,
): ControlFile {
  const report = isReport(headers);
  const from = headers.from ?? (report ? mailboxId : undefined);
  const smtp = (mailbox: string | undefined): string | undefined =>
    mailbox === undefined || report ? undefined : `${mailbox.toLowerCase()}@dts.nhs.uk`;
  return {
    version: headers.version ?? "1.0",
    addressType: report ? "DTS" : "ALL",
    messageType: report ? "Report" : "Data",
    from,
    to: headers.to ?? mailboxId,
    fromSmtp: headers.fromSmtp ?? smtp(from),
    toSmtp: headers.toSmtp ?? smtp(headers.to ?? mailboxId),
    subject: headers.subject,
    localId: headers.localId,
    // In a report, DTSId is the message it is about; its own id is its file name.
    messageId: report ? headers.linkedMessageId : messageId,
    partnerId: headers.partnerId,
    compress: headers.compress === "Y",
    encrypted: headers.encrypted === "Y",
    workflowId: headers.workflowId,
    processId: headers.processId,
    checksum: headers.checksum,
    isCompressed,
    status: receivedStatus(messageId, headers, dating),
  };
}

export function isReport(headers: MexHeaders): boolean {
  return headers.messageType?.toUpperCase() === "REPORT";
}

function receivedStatus(messageId: MessageId, headers: MexHeaders, dating: Dating): StatusRecord {
  const usual = record(clientStatuses.received, dating);
  const { statusTimestamp } = headers;
  return {
    at:
      statusTimestamp === undefined ? usual.at : receivedTime(statusTimestamp, messageId, dating.settings.statusTimes),
    event: headers.statusEvent ?? usual.event,
    success: headers.statusSuccess === undefined ? !isReport(headers) : headers.statusSuccess === "SUCCESS",
    code: headers.statusCode ?? usual.code,
    description: headers.statusDescription ?? usual.description,
  };
}
