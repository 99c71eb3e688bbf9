import { CodedError, type Retry } from "@restante/mesh";

/**
 * - `refused`: the server understood the request and said no; `status`, and often `event` and `meshCode`, say why.
 * - `unauthorised`: 401 or 403. Mailbox, password, shared key or client certificate is not the right one.
 * - `not-found`, `gone`: 404 and 410.
 * - `unavailable`: 425, 429 or 503. The server did not take the request up.
 * - `server-failed`: any other 5xx.
 * - `server-certificate`: the server could not show that it is the one; nothing was sent.
 * - `client-certificate`: the server broke off because of the client's certificate.
 * - `unreachable`: no connection; nothing was sent.
 * - `proxy`: the proxy between cannot be reached, or opens no way to the server; nothing was sent.
 * - `timed-out`, `answer-lost`, `aborted`: no (whole) answer came; `retry` says what that means for the call.
 * - `unexpected-answer`: an answer that the MESH API does not have.
 * - `answer-head-too-large`: the head of the answer is larger than is read here.
 * - `body-unreadable`: the stream given to be sent broke.
 * - `content-damaged`: a message was received whole and cannot be decompressed. It will never be another: get it as it
 *   is, with `decode: false`.
 * - `too-large`: a body beyond the limit set.
 * - `local-id-not-unique`: tracking by local id found several messages (300).
 * - `request-invalid`: refused here, before anything was sent; `field` names the option that is wrong.
 * - `closed`: the client was closed.
 * - `folder-in-use`, `folder-unusable`: the directory client cannot work on its folder.
 * - `defect`: a mistake in this package.
 */
export type MeshClientErrorCode =
  | "refused"
  | "unauthorised"
  | "not-found"
  | "gone"
  | "unavailable"
  | "server-failed"
  | "server-certificate"
  | "client-certificate"
  | "unreachable"
  | "proxy"
  | "timed-out"
  | "answer-lost"
  | "aborted"
  | "unexpected-answer"
  | "answer-head-too-large"
  | "body-unreadable"
  | "content-damaged"
  | "too-large"
  | "local-id-not-unique"
  | "request-invalid"
  | "closed"
  | "folder-in-use"
  | "folder-unusable"
  | "defect";

/** What the server said, where it said something. */
export interface ServerAnswer {
  /** HTTP status. */
  readonly status?: number | undefined;
  /** COLLECT, TRANSFER, SEND or RECEIVE. A code means nothing without it. */
  readonly event?: string | undefined;
  readonly meshCode?: string | undefined;
  /** The server's words, shortened, without what may be a patient's. */
  readonly description?: string | undefined;
  /** How long the server asks to wait (Retry-After), in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * What went wrong in a MESH client. `retry` is the verdict on the call that failed: after `safe` it did not happen (or
 * may be made twice without harm); after `ambiguous` (only ever a send) the message may have been accepted.
 */
export class MeshClientError extends CodedError implements ServerAnswer {
  readonly code: MeshClientErrorCode;
  readonly status: number | undefined;
  readonly event: string | undefined;
  readonly meshCode: string | undefined;
  readonly description: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** What is wrong: an option of the call (`request-invalid`), or the header or parameter that the server names. */
  readonly field: string | undefined;

  constructor(
    code: MeshClientErrorCode,
    message: string,
    { answer = {}, field, ...options }: ErrorOptions & { retry?: Retry; answer?: ServerAnswer; field?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    this.field = field;
    this.status = answer.status;
    this.event = answer.event;
    this.meshCode = answer.meshCode;
    this.description = answer.description;
    this.retryAfterMs = answer.retryAfterMs;
  }
}
