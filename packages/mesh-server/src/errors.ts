import { CodedError, type Retry } from "@restante/mesh";

export type MeshServerErrorCode =
  | "config-invalid"
  | "folder-for-development"
  | "folder-not-marked"
  | "store-busy"
  | "store-full"
  | "store-stopped"
  | "commit-unknown"
  | "store-damaged"
  | "store-in-use"
  | "store-lost"
  | "store-too-new"
  | "store-unreachable"
  | "mailbox-held"
  | "store-moved"
  | "store-moving"
  | "move-refused"
  | "move-differs"
  | "transition-not-allowed"
  | "row-unreadable"
  | "snapshot-failed"
  | "body-too-large"
  | "body-cut-short"
  | "body-damaged"
  | "bodies-lost"
  | "bodies-unreachable"
  | "bodies-unusable";

/** What the server cannot do, as opposed to what it refuses a client (see `http/refusal.ts`). */
export class MeshServerError extends CodedError {
  readonly code: MeshServerErrorCode;

  constructor(code: MeshServerErrorCode, message: string, options?: ErrorOptions & { retry?: Retry }) {
    super(message, options);
    this.code = code;
  }
}

const ofEveryMessage: ReadonlySet<MeshServerErrorCode> = new Set([
  "store-busy",
  "store-full",
  "store-stopped",
  "commit-unknown",
  "bodies-unusable",
]);

/** The store, or that of the bodies, as a whole, not this message. */
export function isOfEveryMessage(error: unknown): boolean {
  return error instanceof MeshServerError && ofEveryMessage.has(error.code);
}
