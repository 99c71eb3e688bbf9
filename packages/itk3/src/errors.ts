import { CodedError } from "@restante/mesh";

/**
 * - `input-invalid`: what was given to a builder cannot make a valid message.
 * - `code-unknown`: not an ITK3 response code, or one of the other level.
 */
export type Itk3ErrorCode = "input-invalid" | "code-unknown";

/** What this package throws. Reading and checking never throw: they return issues and findings. */
export class Itk3Error extends CodedError {
  readonly code: Itk3ErrorCode;

  constructor(code: Itk3ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
