import { CodedError, type Retry } from "@restante/mesh";

export type MeshServerErrorCode =
  | "config-invalid"
  | "store-busy"
  | "store-full"
  | "store-stopped"
  | "store-in-use"
  | "store-too-new"
  | "transition-not-allowed"
  | "body-too-large"
  | "body-cut-short";

/** What the server cannot do, as opposed to what it refuses a client (see `http/refusal.ts`). */
export class MeshServerError extends CodedError {
  readonly code: MeshServerErrorCode;

  constructor(code: MeshServerErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}
