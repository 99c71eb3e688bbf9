// MESH API, Track outbox. What the sender may know of its own messages; never a routing address.

import { formatTimestamp, type MessageId } from "@restante/mesh";
import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import type { Message, MessageState } from "../message.ts";
import type { Mailbox } from "../registry.ts";
import { requireValid, trackingQuery } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { withMailbox } from "./session.ts";
import { sendJson } from "./version.ts";

/** The words of MESH for our states: version 1 writes them with a capital. */
export const statuses: Readonly<Record<MessageState, string>> = {
  uploading: "uploading",
  // Where a message goes is MESH's own affair: to its sender it is accepted from the 202 on.
  routing: "accepted",
  accepted: "accepted",
  acknowledged: "acknowledged",
  undelivered: "undeliverable",
  failed: "error",
  damaged: "error",
  abandoned: "error",
};

const fieldsV1 = [
  "addressType",
  "checksum",
  "chunkCount",
  "compressFlag",
  "contentEncoding",
  "downloadTimestamp",
  "dtsId",
  "encryptedFlag",
  "expiryTime",
  "failureDate",
  "failureDiagnostic",
  "fileName",
  "fileSize",
  "isCompressed",
  "linkedMsgId",
  "localId",
  "meshRecipientOdsCode",
  "messageId",
  "messageType",
  "partnerId",
  "processId",
  "recipient",
  "recipientBillingEntity",
  "recipientName",
  "recipientOrgCode",
  "recipientOrgName",
  "recipientSmtp",
  "sender",
  "senderBillingEntity",
  "senderName",
  "senderOdsCode",
  "senderOrgCode",
  "senderOrgName",
  "senderSmtp",
  "status",
  "statusCode",
  "statusDescription",
  "statusEvent",
  "statusSuccess",
  "statusTimestamp",
  "subject",
  "uploadTimestamp",
  "version",
  "workflowId",
] as const;

export function addTracking(app: FastifyInstance, context: Context): void {
  app.get(
    "/messageexchange/:mailboxId/outbox/tracking",
    withMailbox(context, async (request, reply, { mailbox, version }) => {
      const { messageID: id = "" } = request.query as { messageID?: string };
      requireValid(trackingQuery, () => id);
      const message = await context.store.find(mailbox.mailboxId, id.toUpperCase() as MessageId);
      if (message?.type !== "DATA") throw new Refusal("message-unknown");
      return sendJson(reply, 200, version === 1 ? trackingV1(context, message) : trackingV2(context, message), version);
    }),
  );

  app.get(
    "/messageexchange/:mailboxId/outbox/tracking/:localId",
    withMailbox(context, async (request, reply, { mailbox }) => {
      const { localId } = request.params as { localId: string };
      const messages = await context.store.findByLocalId(mailbox.mailboxId, localId, 2);
      const [message] = messages;
      if (message === undefined) throw new Refusal("message-unknown");
      if (messages.length > 1) throw new Refusal("local-id-not-unique");
      return sendJson(reply, 200, trackingV1(context, message));
    }),
  );
}

/** Every field, always: what is not there is empty (MESH API, Track outbox: texts that may be empty, never null). */
function trackingV1(context: Context, message: Message): object {
  const empty = Object.fromEntries(fieldsV1.map((name) => [name, ""]));
  const known = Object.entries(knownV1(context, message)).filter(([, value]) => value !== undefined);
  return { ...empty, ...Object.fromEntries(known) };
}

function knownV1(context: Context, message: Message): Partial<Record<(typeof fieldsV1)[number], unknown>> {
  const { details, status } = message;
  const { recipient, sender } = parties(context, message);
  const failed = status !== undefined;
  const word = statuses[message.state];
  return {
    addressType: "ALL",
    checksum: details.checksum,
    chunkCount: message.totalChunks,
    compressFlag: details.compress,
    contentEncoding: details.contentEncoding,
    downloadTimestamp: message.state === "acknowledged" ? formatTimestamp(message.changedAt) : undefined,
    dtsId: message.messageId,
    encryptedFlag: details.encrypted,
    expiryTime: formatTimestamp(expiryTime(context, message)),
    failureDate: failed ? formatTimestamp(message.changedAt) : undefined,
    failureDiagnostic: status?.description,
    fileName: details.fileName ?? `${message.messageId}.dat`,
    fileSize: message.bytes,
    isCompressed: details.compressed,
    localId: details.localId,
    meshRecipientOdsCode: recipient?.odsCode,
    messageId: message.messageId,
    messageType: "Data",
    partnerId: details.partnerId,
    processId: details.processId,
    recipient: message.to,
    recipientBillingEntity: recipient?.billingEntity,
    recipientName: recipient?.name,
    recipientOrgCode: recipient?.orgCode,
    recipientOrgName: recipient?.orgName,
    recipientSmtp: smtp(recipient),
    sender: message.mailboxId,
    senderBillingEntity: sender?.billingEntity,
    senderName: sender?.name,
    senderOdsCode: sender?.odsCode,
    senderOrgCode: sender?.orgCode,
    senderOrgName: sender?.orgName,
    senderSmtp: smtp(sender),
    status: word.charAt(0).toUpperCase() + word.slice(1),
    statusCode: status?.code,
    statusDescription: status?.description,
    statusEvent: status?.event,
    statusSuccess: failed ? "ERROR" : "SUCCESS",
    statusTimestamp: formatTimestamp(message.changedAt),
    subject: details.subject,
    uploadTimestamp: formatTimestamp(message.createdAt),
    version: "1.0",
    workflowId: message.workflowId,
  };
}

function trackingV2(context: Context, message: Message): object {
  const { details, status } = message;
  const { recipient } = parties(context, message);
  return {
    message_id: message.messageId,
    local_id: details.localId,
    workflow_id: message.workflowId,
    filename: details.fileName ?? `${message.messageId}.dat`,
    expiry_time: expiryTime(context, message).toISOString(),
    upload_timestamp: message.createdAt.toISOString(),
    recipient: message.to,
    recipient_name: recipient?.name,
    recipient_ods_code: recipient?.odsCode,
    recipient_org_code: recipient?.orgCode,
    recipient_org_name: recipient?.orgName,
    status_success: status === undefined,
    status: statuses[message.state],
    status_event: status?.event ?? "TRANSFER",
    status_timestamp: message.changedAt.toISOString(),
    status_description: status?.description ?? "Transferred to recipient mailbox",
    status_code: status?.code ?? "00",
  };
}

function parties(
  { registry }: Context,
  message: Message,
): { recipient: Mailbox | undefined; sender: Mailbox | undefined } {
  return { recipient: registry.find(message.to), sender: registry.find(message.mailboxId) };
}

export function expiryTime({ periods }: Context, message: Message): Date {
  return new Date((message.acceptedAt ?? message.createdAt).getTime() + periods.collect);
}

function smtp(mailbox: Mailbox | undefined): string | undefined {
  return mailbox === undefined ? undefined : `${mailbox.mailboxId.toLowerCase()}@dts.nhs.uk`;
}
