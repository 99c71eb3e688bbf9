import { CodedError, type Retry } from "@restante/mesh";

export type ControlErrorCode =
  /** The input is not what the verb takes: every problem at once. */
  | "input-invalid"
  | "message-unknown"
  | "mailbox-unknown"
  | "fault-unknown"
  | "snapshot-unknown"
  | "patient-unknown"
  /** It is not in the state the verb starts from, or is closed, or its body is damaged: the message says which. */
  | "not-possible"
  /** A wait came to its end: "1 of 3", and what came instead. */
  | "not-in-time"
  /** What should not have come, came. */
  | "not-expected"
  /** No token, or not the right one. */
  | "not-allowed"
  /** The server could not do it, and its log says why. */
  | "failed"
  /** Nothing answers there, or nothing that speaks this. */
  | "unreachable";

/** Why a verb was not done, or what it waited for did not happen. The same in process and over HTTP. */
export class ControlError extends CodedError {
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}
