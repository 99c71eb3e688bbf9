/** An answer of the MESH API that refuses a request: HTTP status, then event, code and text as the body states them. */
export interface ApiError {
  readonly status: number;
  readonly event: string;
  readonly code: string;
  readonly text: string;
}

export type ApiErrorName =
  | "no-authorization"
  | "token-for-another-mailbox"
  | "token-not-genuine"
  | "token-used-before"
  | "unknown-mailbox"
  | "unknown-recipient"
  | "recipient-blank"
  | "body-empty"
  | "chunk-range-wrong"
  | "encoding-unsupported"
  | "checksum-wrong"
  | "header-malformed"
  | "workflow-not-registered"
  | "message-unknown"
  | "message-gone";

const refusal = (status: number, event: string, code: string, text: string): ApiError => ({
  status,
  event,
  code,
  text,
});

/** The refusals with an event and a code, word for word as NHS clients have come to expect them. */
export const apiErrors: Readonly<Record<ApiErrorName, ApiError>> = {
  "no-authorization": refusal(403, "", "", "Error reading from Authorization header"),
  "token-for-another-mailbox": refusal(403, "", "", "Mailbox id does not match token"),
  "token-not-genuine": refusal(403, "", "", "Invalid Authentication Token"),
  "token-used-before": refusal(403, "", "", "Error Duplicated Authentication Token"),
  "unknown-mailbox": refusal(403, "SEND", "EPL-151", "No mailbox matched"),
  "unknown-recipient": refusal(417, "SEND", "12", "Unregistered to address"),
  "recipient-blank": refusal(400, "SEND", "08", "TO_DTS missing"),
  "body-empty": refusal(417, "COLLECT", "02", "Data file is missing or inaccessible."),
  "chunk-range-wrong": refusal(
    417,
    "SEND",
    "InvalidHeaderChunks",
    "Invalid chunk values sent in mex-Chunk-Range header",
  ),
  "encoding-unsupported": refusal(422, "SEND", "UnsupportedContentEncoding", "Unsupported content encoding"),
  "checksum-wrong": refusal(400, "SEND", "Invalid checksum", "Invalid checksum"),
  "header-malformed": refusal(400, "TRANSFER", "06", "MalformedControlFile"),
  "workflow-not-registered": refusal(417, "SEND", "17", "Workflow ID not registered for mailbox"),
  "message-unknown": refusal(404, "RECEIVE", "20", "Message does not exist"),
  "message-gone": refusal(410, "SEND", "Message already accepted", "Message no longer available for download"),
};
