import { CodedError } from "@restante/mesh";

export type CliErrorCode =
  | "usage"
  | "folder-not-ours"
  | "folder-unusable"
  | "port-in-use"
  | "cannot-listen"
  | "file-unreadable"
  | "file-exists"
  | "input-unreadable"
  | "not-answered"
  | "settings-unreadable"
  | "organisation-unknown"
  | "not-set-up"
  | "secrets-lost"
  | "key-exists";

const typedWrong: ReadonlySet<CliErrorCode> = new Set(["usage", "input-unreadable", "organisation-unknown"]);

/** What stops a command before or while it runs. The message says what to do next; it is printed without a stack. */
export class CliError extends CodedError {
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** 2 for a command that was typed wrong or given what cannot be read, 1 for one that could not be carried out. */
  get exitStatus(): number {
    return typedWrong.has(this.code) ? 2 : 1;
  }
}
