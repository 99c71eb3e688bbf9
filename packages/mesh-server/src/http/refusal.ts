import { type ApiError, type ApiErrorName, apiErrors, CodedError, type MessageId } from "@restante/mesh";

type OtherRefusal =
  | "client-certificate"
  | "message-of-another-mailbox"
  | "from-mismatch"
  | "message-type-wrong"
  | "sender-not-allowed"
  | "mailbox-closed"
  | "encoding-changed"
  | "chunk-beyond-total"
  | "upload-complete"
  | "chunk-content-changed"
  | "local-id-not-unique"
  | "too-many-requests"
  | "mailbox-full"
  | "body-too-large"
  | "body-cut-short"
  | "body-damaged"
  | "resource-unknown"
  | "method-not-allowed"
  | "expectation-failed"
  | "request-malformed"
  | "request-invalid"
  | "host-not-allowed"
  | "origin-not-allowed"
  | "token-missing"
  | "mailbox-not-here"
  | "event-not-possible"
  | "unavailable"
  | "failed";

export type RefusalCode = ApiErrorName | OtherRefusal;

/** What the published table leaves out. Those with an empty event are our own words. */
const otherRefusals: Readonly<Record<OtherRefusal, ApiError>> = {
  "client-certificate": refusal(403, "", "", "Client certificate not trusted"),
  "message-of-another-mailbox": refusal(403, "", "", "Forbidden"),
  "from-mismatch": refusal(417, "SEND", "07", "Invalid From Address"),
  "message-type-wrong": refusal(417, "SEND", "11", "Invalid Message Type for the transfer, should be DATA"),
  "sender-not-allowed": refusal(417, "SEND", "16", "Sender is not allowed to send messages of this type"),
  // The code of a mailbox that there is not: clients know it as final (decision 145).
  "mailbox-closed": refusal(417, "SEND", "12", "Unregistered to address: the mailbox is closed"),
  "encoding-changed": refusal(417, "SEND", "ContentEncodingChanged", "cannot change content encoding"),
  "chunk-beyond-total": refusal(406, "SEND", "InvalidHeaderChunks", "Chunk number is greater than the total"),
  "upload-complete": refusal(423, "SEND", "UploadComplete", "Message is complete: no more chunks can be uploaded"),
  "chunk-content-changed": refusal(
    409,
    "SEND",
    "ChunkContentChanged",
    "This chunk was sent before with other content, which is kept",
  ),
  "local-id-not-unique": refusal(300, "", "", "More than one message has this local id"),
  "too-many-requests": refusal(429, "", "", "Too Many Requests"),
  "mailbox-full": refusal(503, "SEND", "MailboxFull", "The mailbox it is addressed to is full: send it again later"),
  "body-too-large": refusal(413, "SEND", "BodyTooLarge", "Request is larger than this server takes"),
  "body-cut-short": refusal(400, "SEND", "BodyCutShort", "Request ended before its body did"),
  "body-damaged": refusal(500, "RECEIVE", "BodyDamaged", "The body of this message is damaged in the server"),
  "resource-unknown": refusal(404, "", "", "Not Found"),
  "method-not-allowed": refusal(405, "", "", "Method Not Allowed"),
  "expectation-failed": refusal(417, "", "", "Expectation Failed"),
  "request-malformed": refusal(400, "", "", "Bad Request"),
  "request-invalid": refusal(400, "", "", "Bad Request"),
  // Of the paths that only a server for development has.
  "host-not-allowed": refusal(
    403,
    "",
    "",
    "This Host is neither loopback nor one that the server was told to allow (--allow-host)",
  ),
  "origin-not-allowed": refusal(403, "", "", "No page may call this: it takes no Origin"),
  "token-missing": refusal(401, "", "", "Beyond this machine it asks for the token of control: Authorization: Bearer"),
  "mailbox-not-here": refusal(404, "", "", "mailbox does not exist"),
  "event-not-possible": refusal(409, "", "", "This message cannot be put into that state"),
  unavailable: refusal(503, "", "", "Service Unavailable"),
  failed: refusal(500, "", "", "Internal Server Error"),
};

/** A field of the request that is missing or wrong: the one shape of answer in both versions. */
export interface FieldProblem {
  type: string;
  loc: string[];
  msg: string;
}

export interface RefusalOptions extends ErrorOptions {
  /** The message that the refusal is about. */
  messageId?: MessageId;
  /** For our events; the client is told the text of the table. */
  reason?: string;
  /** Sent with the answer. */
  headers?: Readonly<Record<string, string>>;
  /** Told to the client: for `request-invalid` alone, for any other code behind the table's text. */
  problems?: readonly FieldProblem[];
}

/** A request that is answered with a refusal. Thrown anywhere in a handler. */
export class Refusal extends CodedError {
  readonly code: RefusalCode;
  readonly answer: ApiError;
  readonly messageId: MessageId | undefined;
  readonly problems: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, { messageId, reason, problems = [], headers = {}, ...options }: RefusalOptions = {}) {
    const answer = isPublished(code) ? apiErrors[code] : otherRefusals[code];
    super(reason ?? (problems.map(describe).join("; ") || answer.text), options);
    this.code = code;
    this.answer = answer;
    this.messageId = messageId;
    this.problems = problems;
    this.headers = headers;
  }
}

export function fieldMissing(where: "header" | "query" | "path", name: string): FieldProblem {
  return { type: "missing", loc: [where, name], msg: "Field required" };
}

export function fieldTooLong(name: string, limit: number): FieldProblem {
  return { type: "string_too_long", loc: ["header", name], msg: `String should have at most ${limit} characters` };
}

export function fieldWrong(where: "header" | "query" | "path", name: string, msg: string): FieldProblem {
  return { type: "value_error", loc: [where, name], msg };
}

/** What is wrong with the headers or the body as a whole. */
export function partWrong(part: "headers" | "body", msg: string): FieldProblem {
  return { type: "value_error", loc: [part], msg };
}

/** The API's validation error, which is one shape and `application/json` in both versions (MESH API, 400). */
export function isValidationError({ code, problems }: Refusal): boolean {
  return code === "request-invalid" && problems.length > 0;
}

/**
 * The body of a refusal, in the shape of the version that was asked for (reference, Errors). Which fields are wrong, and
 * how, stands in `detail` in both versions, as in the API's own validation errors: it is all that `request-invalid` says,
 * and comes after what other refusals have always said.
 */
export function refusalBody(refusal: Refusal, version: 1 | 2): object {
  const { messageId, problems } = refusal;
  if (isValidationError(refusal)) return { detail: problems };
  const { event, code, text } = refusal.answer;
  // MESH names the headers of a malformed control file beside its code.
  const fields = problems.filter(({ loc }) => loc[0] === "header").map(({ loc }) => loc[1]);
  const named = refusal.code === "header-malformed" && fields.length > 0 && { fields };
  return version === 1
    ? {
        errorEvent: event,
        errorCode: code,
        errorDescription: text,
        ...named,
        ...(messageId !== undefined && { messageID: messageId }),
        ...(problems.length > 0 && { detail: problems }),
      }
    : {
        ...(messageId !== undefined && { message_id: messageId }),
        detail: [{ event, code, msg: text, ...named }, ...problems],
      };
}

function isPublished(code: RefusalCode): code is ApiErrorName {
  return code in apiErrors;
}

function describe({ loc, msg }: FieldProblem): string {
  return `${loc.join(".")}: ${msg}`;
}

function refusal(status: number, event: string, code: string, text: string): ApiError {
  return { status, event, code, text };
}
