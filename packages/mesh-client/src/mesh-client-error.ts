import { CodedError, type Retry } from "@restante/mesh";
import { type MeshClientErrorCode, remedyOf } from "./error-words.ts";

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
 * What went wrong in a MESH client: `message` says what happened, `retry` whether the call may be made again, `remedy` what
 * to do. `retry` is the verdict on the call that failed: after `safe` it did not happen (or
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

  /** What to do about it, in a sentence for people. */
  get remedy(): string {
    return remedyOf(this.code, this.retry, this.status);
  }
}
