import type { MailboxConfig } from "../../config.ts";
import type { Context } from "../../context.ts";
import { expiryTime, statuses } from "../../http/tracking.ts";
import type { Message } from "../../message.ts";

/** Mailboxes as the settings have them: what they do not say the stand-in shows empty, and not as something else. */
export type FindMailbox = (mailboxId: string) => MailboxConfig | undefined;

/** Who sends reports. */
const centralSystem = {
  sender: "",
  sender_name: "Central System Mailbox",
  sender_ods_code: "X26",
  sender_org_code: "X26",
  sender_org_name: "NHS England",
};

export function mailboxView(mailbox: MailboxConfig, isActive: boolean): object {
  const { billingEntity } = mailbox;
  return {
    mailbox_id: mailbox.mailboxId,
    mailbox_name: mailbox.name,
    ...(billingEntity !== undefined && { billing_entity: billingEntity }),
    ods_code: mailbox.odsCode,
    org_code: mailbox.orgCode ?? mailbox.odsCode,
    org_name: mailbox.orgName ?? "",
    active: isActive,
  };
}

export function messageView(context: Context, message: Message, find: FindMailbox): object {
  const { details, status, type, state } = message;
  const isData = type === "DATA";
  const failed = status !== undefined;
  return {
    checksum: details.checksum ?? "",
    chunk_count: message.totalChunks,
    content_encoding: details.contentEncoding ?? "",
    ...(state === "acknowledged" && { download_timestamp: message.changedAt.toISOString() }),
    expiry_time: expiryTime(context, message).toISOString(),
    ...(failed && isData && { failure_date: message.changedAt.toISOString(), failure_diagnostic: status.description }),
    filename: details.fileName ?? `${message.messageId}.dat`,
    file_size: message.bytes,
    is_compressed: isYes(details.compressed),
    is_encrypted: isYes(details.encrypted),
    ...(message.linkedMessageId !== undefined && { linked_msg_id: message.linkedMessageId }),
    local_id: details.localId ?? "",
    message_id: message.messageId,
    message_type: isData ? "Data" : "Report",
    ...(message.recipientId !== undefined && {
      recipient: message.recipientId,
      ...party("recipient", find(message.recipientId)),
    }),
    ...(isData ? { sender: message.mailboxId, ...party("sender", find(message.mailboxId)) } : centralSystem),
    status: titled(statuses[state]),
    ...(failed &&
      !isData && {
        status_code: status.code,
        status_description: status.description,
        status_event: status.event,
        status_timestamp: message.createdAt.toISOString(),
      }),
    status_success: isData && !failed ? "SUCCESS" : "ERROR",
    subject: details.subject ?? "",
    upload_timestamp: message.createdAt.toISOString(),
    workflow_id: message.workflowId,
  };
}

function party(who: "sender" | "recipient", mailbox: MailboxConfig | undefined): object {
  if (mailbox === undefined) return {};
  return {
    [`${who}_name`]: mailbox.name,
    [`${who}_ods_code`]: mailbox.odsCode,
    [`${who}_org_code`]: mailbox.orgCode ?? mailbox.odsCode,
    [`${who}_org_name`]: mailbox.orgName ?? "",
  };
}

function isYes(word: string | undefined): boolean {
  return /^(?:y|yes|t|true|1)$/i.test(word ?? "");
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
