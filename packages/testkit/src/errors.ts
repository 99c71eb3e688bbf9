import { CodedError } from "@restante/mesh";

/**
 * - `options-invalid`: what startServer, startNetwork or its `next` was given; the message names every problem, one a line.
 * - `mailbox-unknown`: a client was asked for, of a mailbox that the server does not have.
 * - `practice-closed`: it was closed before it took as many messages as were waited for.
 * - `server-ended`: the server's process ended before it listened, or it was killed and not started again.
 */
export type TestkitErrorCode = "options-invalid" | "mailbox-unknown" | "practice-closed" | "server-ended";

export class TestkitError extends CodedError {
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
