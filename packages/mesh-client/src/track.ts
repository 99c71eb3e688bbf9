import { headerLimits, isMessageId, type MessageId } from "@restante/mesh";
import { asRecord, asText, readJson } from "./answers.ts";
import { checkMessageId, checkPathSegment, checkSignal, checkText } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { anotherMessage, areIdsApart } from "./message-chunk.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { readTime } from "./read-time.ts";

/** What became of a message that this mailbox sent. `localId`, `subject` and `fileName` may name a patient. */
export interface TrackedMessage {
  readonly messageId: MessageId;
  /** Lower case: `accepted`, `acknowledged`, `undelivered`, `error`, `uploading`. */
  readonly status: string;
  readonly workflowId?: string | undefined;
  readonly localId?: string | undefined;
  readonly fileName?: string | undefined;
  /** Mailbox id; a routed message has it once the practice's mailbox was found. */
  readonly recipient?: string | undefined;
  readonly recipientName?: string | undefined;
  readonly recipientOdsCode?: string | undefined;
  readonly recipientOrgCode?: string | undefined;
  readonly recipientOrgName?: string | undefined;
  /** These three are told by version 1 alone, and so by `trackByLocalId`. */
  readonly subject?: string | undefined;
  readonly fileSize?: number | undefined;
  readonly chunks?: number | undefined;
  readonly uploadedAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
  readonly statusAt?: Date | undefined;
  readonly statusEvent?: string | undefined;
  readonly statusCode?: string | undefined;
  readonly statusDescription?: string | undefined;
  readonly statusSuccess?: boolean | undefined;
}

/** MESH API, Track outbox. Another mailbox's message is `not-found`. */
export async function track(
  connection: Connection,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<TrackedMessage> {
  checkMessageId("messageId", messageId);
  checkSignal(signal);
  const answer = await connection.request({
    operation: "track",
    method: "GET",
    path: `${connection.mailboxPath}/outbox/tracking`,
    query: { messageID: messageId },
    repeatable: true,
    signal,
  });
  return readTracked(await readJson(answer), messageId);
}

/**
 * MESH API, Track outbox by local id: none or one message. `local-id-not-unique` if there are several: the API does not
 * say which.
 */
export async function trackByLocalId(
  connection: Connection,
  localId: string,
  signal: AbortSignal | undefined,
): Promise<TrackedMessage[]> {
  checkText("localId", localId, { atLeast: 1, atMost: headerLimits.localId ?? 300 });
  checkPathSegment("localId", localId);
  checkSignal(signal);
  try {
    const answer = await connection.request({
      operation: "trackByLocalId",
      method: "GET",
      path: `${connection.mailboxPath}/outbox/tracking/${encodeURIComponent(localId)}`,
      privateTexts: [localId],
      repeatable: true,
      signal,
    });
    return [readTracked(await readJson(answer))];
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (error.status === 404) return [];
    if (error.status !== 300) throw error;
    throw new MeshClientError("local-id-not-unique", "Several messages were sent with this local id.", {
      answer: error,
    });
  }
}

/**
 * By local id the answer is always of version 1, with names of its own. `asked` stands in for an id that is not there:
 * whoever asked by id knows it.
 */
function readTracked(body: unknown, asked?: MessageId): TrackedMessage {
  const fields = asRecord(body);
  const text = (...names: string[]): string | undefined =>
    names.map((name) => asText(fields[name])).find((value) => value !== undefined);
  const given = text("message_id", "messageId");
  if (given !== undefined && asked !== undefined && areIdsApart(given, asked)) throw anotherMessage();
  const messageId = given !== undefined && isMessageId(given) ? given : asked;
  if (messageId === undefined || text("status", "message_id", "messageId") === undefined) {
    throw new MeshClientError("unexpected-answer", "The server's tracking answer has no message id that can be read.");
  }
  const success = fields["status_success"] ?? fields["statusSuccess"];
  return {
    messageId,
    status: text("status")?.toLowerCase() ?? "",
    workflowId: text("workflow_id", "workflowId"),
    localId: text("local_id", "localId"),
    fileName: text("filename", "fileName"),
    recipient: text("recipient"),
    recipientName: text("recipient_name", "recipientName"),
    recipientOdsCode: text("recipient_ods_code", "meshRecipientOdsCode"),
    recipientOrgCode: text("recipient_org_code", "recipientOrgCode"),
    recipientOrgName: text("recipient_org_name", "recipientOrgName"),
    subject: text("subject"),
    fileSize: numberOf(fields["fileSize"]),
    chunks: numberOf(fields["chunkCount"]),
    uploadedAt: readTime(text("upload_timestamp", "uploadTimestamp")),
    expiresAt: readTime(text("expiry_time", "expiryTime")),
    statusAt: readTime(text("status_timestamp", "statusTimestamp")),
    statusEvent: text("status_event", "statusEvent"),
    statusCode: text("status_code", "statusCode"),
    statusDescription: text("status_description", "statusDescription"),
    statusSuccess: typeof success === "boolean" ? success : success === undefined ? undefined : success === "SUCCESS",
  };
}

/** A number, also one that is written as text. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}
