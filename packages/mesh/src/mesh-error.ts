import { CodedError } from "./errors.ts";

export type MeshErrorCode =
  | "mailbox-id-invalid"
  | "ods-code-invalid"
  | "message-id-invalid"
  | "nhs-number-invalid"
  | "routing-address-invalid"
  | "control-file-malformed";

/** A word of MESH that cannot be read or written. The message never quotes what was refused: it may name a patient. */
export class MeshError extends CodedError {
  readonly code: MeshErrorCode;

  constructor(code: MeshErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
