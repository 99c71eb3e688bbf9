import { CodedError } from "@restante/mesh";

import type { MessageState } from "./message.ts";

export type OperatorErrorCode =
  | "message-unknown"
  | "mailbox-unknown"
  | "not-undelivered"
  | "not-accepted"
  | "mailbox-closed"
  | "body-damaged"
  | "body-whole"
  | "given-whole"
  | "report-without-body"
  | "reason-unusable";

/** What an operator asked for does not go. Nothing happened. */
export class OperatorError extends CodedError {
  readonly code: OperatorErrorCode;
  /** The state that the message is in. */
  readonly state: MessageState | undefined;

  constructor(code: OperatorErrorCode, message: string, { state }: { state?: MessageState } = {}) {
    super(message);
    this.code = code;
    this.state = state;
  }
}
