import { asDurableError, DurableError, systemReason } from "@restante/durable";
import { CodedError } from "@restante/mesh";
import { MeshClientError, type MeshClientErrorCode } from "@restante/mesh-client";

export type PracticeErrorCode =
  | "task-unknown"
  | "already-decided"
  | "decision-not-allowed"
  | "match-not-allowed"
  | "not-held"
  | "left-already"
  | "nothing-to-deal-with"
  | "not-dealt-with"
  | "note-too-long"
  | "note-missing"
  | "task-not-open"
  | "due-day-invalid"
  | "page-out-of-range"
  | "search-too-long"
  | "registered-here"
  | "not-our-consultation"
  | "confidential-not-sent"
  | "no-earlier-version"
  | "address-lookup-needs-api"
  | "no-mailbox"
  | "strictness-unknown"
  | "matching-unknown"
  | "kind-unknown"
  | "filing-folder-unusable"
  | "filing-folder-changed"
  | "filing-folder-replaced"
  | "filing-off"
  | "filing-in-doubt"
  | "nothing-to-save"
  | "not-being-saved"
  | "saving-now"
  | "unread-unknown"
  | "notices-unusable"
  | "folder-missing"
  | "pair-unreadable"
  | "message-too-large"
  | "message-unread"
  | "document-not-ready"
  | "consultation-unreadable"
  | "consultation-invalid";

/** What the practice system cannot do. The message is safe to show: it names no patient. */
export class PracticeError extends CodedError {
  readonly code: PracticeErrorCode;

  constructor(
    code: PracticeErrorCode,
    message: string,
    options?: ErrorOptions & { retry?: "never" | "safe" | "ambiguous" },
  ) {
    super(message, options);
    this.code = code;
  }
}

/** The stable code of anything thrown, for an event or a row: never its message, unless it is one of ours. */
export function codeOf(error: unknown): string {
  const told = asDurableError(error, "practice.sqlite");
  return told instanceof CodedError ? told.code : "unexpected";
}

/** What may be shown of anything thrown. The message of a foreign error can quote what it failed on. */
export function reasonOf(error: unknown): string {
  if (error instanceof CodedError) return error.message;
  const told = asDurableError(error, "practice.sqlite");
  if (told instanceof DurableError && error instanceof Error && "errcode" in error) return told.message;
  if (told instanceof DurableError) return `A file or folder cannot be used: ${systemReason(error)}.`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? `Unexpected failure (${code}).` : "Unexpected failure.";
}

/**
 * The machine or the database is in trouble, not the message at hand: no room, no open files, a lock, a failed sync.
 * Nothing may be concluded about the message.
 */
export function isOfTheSystem(error: unknown): boolean {
  if (error instanceof DurableError) return error.code !== "unusable" || isOfTheSystem(error.cause);
  if (!(error instanceof Error)) return false;
  if ("errcode" in error && typeof error.errcode === "number") return systemResults.has(error.errcode & 0xff);
  return "code" in error && typeof error.code === "string" && systemCodes.has(error.code);
}

/** SQLite's primary result codes BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL. */
const systemResults: ReadonlySet<number> = new Set([5, 6, 7, 8, 10, 13, 14, 15]);

const systemCodes: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EROFS"]);

/** Nothing was sent, or nobody is let in: MESH is out of reach, whatever is asked of it. */
export function isOfTheWay(error: unknown): boolean {
  return error instanceof MeshClientError && wayCodes.has(error.code);
}

const wayCodes: ReadonlySet<MeshClientErrorCode> = new Set([
  "unauthorised",
  "server-certificate",
  "client-certificate",
  "unreachable",
  "proxy",
  "closed",
] as const);
