import { CodedError, type Retry } from "@restante/mesh";

export type MeshServerErrorCode =
  | "config-invalid"
  | "folder-for-development"
  | "folder-not-marked"
  | "store-busy"
  | "store-full"
  | "store-stopped"
  | "store-damaged"
  | "store-in-use"
  | "store-lost"
  | "store-too-new"
  | "transition-not-allowed"
  | "row-unreadable"
  | "snapshot-failed"
  | "body-too-large"
  | "body-cut-short"
  | "body-damaged"
  | "bodies-lost"
  | "bodies-unusable";

/** What the server cannot do, as opposed to what it refuses a client (see `http/refusal.ts`). */
export class MeshServerError extends CodedError {
  readonly code: MeshServerErrorCode;

  constructor(code: MeshServerErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}

/** The store as a whole, not this message. */
export function isOfEveryMessage(error: unknown): boolean {
  return (
    error instanceof MeshServerError &&
    (error.code === "store-busy" || error.code === "store-full" || error.code === "store-stopped")
  );
}
