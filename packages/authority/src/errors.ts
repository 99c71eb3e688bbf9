import { CodedError } from "@restante/mesh";

/**
 * - `common-name-invalid`: a certificate was asked for under a name that cannot be one. A mistake of whoever asked.
 * - `authority-unreadable`: what is in the folder is not a certificate and the key to it. Put both back from a backup.
 * - `authority-lost`: one of the two is missing, and none may be made (`mayMake`).
 *
 * None is worth trying again.
 */
export type LocalAuthorityErrorCode = "common-name-invalid" | "authority-unreadable" | "authority-lost";

/** The message is one line, names the file where it is about one, and holds no key. */
export class LocalAuthorityError extends CodedError {
  readonly code: LocalAuthorityErrorCode;

  constructor(code: LocalAuthorityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
