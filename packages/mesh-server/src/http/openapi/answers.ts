// The shapes of the answers, for the description of the API. A test holds what the server answers against them.

export type JsonSchema = Readonly<Record<string, unknown>>;

/** By media type; none for an answer without a body. */
export type Content = Readonly<Record<string, JsonSchema>>;

export const V1 = "application/json";
export const V2 = "application/vnd.mesh.v2+json";

const text: JsonSchema = { type: "string" };
const whole: JsonSchema = { type: "integer" };
const flag: JsonSchema = { type: "boolean" };
const time: JsonSchema = { type: "string", format: "date-time" };
const words = (...names: string[]): Record<string, JsonSchema> => Object.fromEntries(names.map((name) => [name, text]));

function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** All of these properties, and perhaps the others. */
function object(required: Record<string, JsonSchema>, others: Record<string, JsonSchema> = {}): JsonSchema {
  return { type: "object", required: Object.keys(required), properties: { ...required, ...others } };
}

const links = object({ self: text }, { next: text });
const detail = { type: text, loc: list(text), msg: text };

export const validationError: Content = { [V1]: object({ detail: list(object(detail)) }) };

export const error: Content = {
  [V1]: object(words("errorEvent", "errorCode", "errorDescription"), {
    messageID: text,
    fields: list(text),
    detail: list(object(detail)),
  }),
  [V2]: object({ detail: list({ type: "object" }) }, { message_id: text, internal_id: text }),
};

export const handshake: Content = { [V1]: object({ mailboxId: text }) };

export const inbox: Content = {
  [V2]: object({ messages: list(text), links, approx_inbox_count: whole }),
  [V1]: object({ messages: list(text) }),
};

export const count: Content = {
  [V2]: object({ count: whole }),
  [V1]: object({ count: whole, internalID: text, allResultsIncluded: flag }),
};

export const acknowledged: Content = { [V1]: object({ messageId: text }) };

/** Both versions come as application/json: the 202 of a send has never been anything else. */
export const sent: Content = { [V1]: { oneOf: [object({ messageID: text }), object({ message_id: text })] } };

export const sentChunk: Content = { [V1]: { nullable: true, ...object({ messageID: text, blockID: whole }) } };

export const body: Content = { "*/*": { type: "string", format: "binary" } };

const tracked = {
  ...words("local_id", "filename", "recipient_name", "recipient_ods_code", "recipient_org_code", "recipient_org_name"),
};

export const trackingV1: Content = {
  [V1]: object({
    dtsId: text,
    messageId: text,
    fileSize: whole,
    chunkCount: whole,
    ...words("addressType", "checksum", "compressFlag", "contentEncoding", "downloadTimestamp", "encryptedFlag"),
    ...words("expiryTime", "failureDate", "failureDiagnostic", "fileName", "isCompressed", "linkedMsgId", "localId"),
    ...words("meshRecipientOdsCode", "messageType", "partnerId", "processId", "recipient", "recipientBillingEntity"),
    ...words("recipientName", "recipientOrgCode", "recipientOrgName", "recipientSmtp", "sender", "senderBillingEntity"),
    ...words("senderName", "senderOdsCode", "senderOrgCode", "senderOrgName", "senderSmtp", "status", "statusCode"),
    ...words("statusDescription", "statusEvent", "statusSuccess", "statusTimestamp", "subject", "uploadTimestamp"),
    ...words("version", "workflowId"),
  }),
};

export const tracking: Content = {
  [V2]: object(
    {
      ...words("message_id", "workflow_id", "recipient", "status", "status_event", "status_description", "status_code"),
      expiry_time: time,
      upload_timestamp: time,
      status_timestamp: time,
      status_success: flag,
    },
    tracked,
  ),
  ...trackingV1,
};

const rich = {
  ...words("message_id", "message_type", "workflow_id", "recipient", "recipient_name", "status"),
  expiry_timestamp: time,
  sent_date: time,
};
const richOthers = words("local_id", "sender", "sender_name", "status_code");

export const richInbox: Content = {
  [V2]: object({ valid_at: time, links, messages: list(object({ ...rich, total_chunks: whole }, richOthers)) }),
};
export const richOutbox: Content = {
  [V2]: object({ valid_at: time, links, messages: list(object({ ...rich, ...richOthers })) }),
};

const found = object({ results: list(object(words("mailbox_id", "mailbox_name"))) });

export const lookup: Content = {
  [V2]: found,
  [V1]: object({ query_id: text, results: list(object(words("address", "description", "endpoint_type"))) }),
};
export const olderLookup: Content = { [V1]: lookup[V1] ?? {} };
export const workflowSearch: Content = { [V2]: found, [V1]: found };

export const health: Content = { [V1]: object(words("env", "build_label", "status", "outcome")) };
export const live: Content = { [V1]: object({ status: text }) };
export const ready: Content = { [V1]: object({ status: text }, { failing: list(text) }) };
export const description: Content = { [V1]: { type: "object" } };

export const adminDone: Content = { [V1]: object({ message: text }) };
export const adminReport: Content = { [V1]: object({ message_id: text }) };
export const adminMailbox: Content = {
  [V1]: object(
    { ...words("mailbox_id", "mailbox_name", "ods_code", "org_code", "org_name"), active: flag },
    words("billing_entity"),
  ),
};
export const adminMessage: Content = {
  [V1]: object(
    {
      ...words("message_id", "message_type", "status", "status_success", "workflow_id", "filename"),
      ...words("checksum", "content_encoding", "local_id", "subject", "sender"),
      chunk_count: whole,
      file_size: whole,
      is_compressed: flag,
      is_encrypted: flag,
      expiry_time: time,
      upload_timestamp: time,
    },
    {
      ...words("status_code", "status_event", "status_description", "failure_diagnostic", "linked_msg_id"),
      ...words("sender_name", "sender_ods_code", "sender_org_code", "sender_org_name"),
      ...words("recipient", "recipient_name", "recipient_ods_code", "recipient_org_code", "recipient_org_name"),
      status_timestamp: time,
      failure_date: time,
      download_timestamp: time,
    },
  ),
};
