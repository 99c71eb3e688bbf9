import { CodedError, type Retry } from "@restante/mesh";

/**
 * - `no-such-user`: no user has this id.
 * - `taken`: another user has this sign-in name, or is who this is to the issuer.
 * - `last-administrator`: nobody would be left who gives out roles.
 * - `sign-in-name-refused`, `name-refused`, `roles-refused`, `password-refused`: it cannot be one; the message says why.
 * - `changed-meanwhile`: somebody else gave them another password.
 * - `busy`: too many passwords are being checked at this moment.
 */
export type UsersErrorCode =
  | "no-such-user"
  | "taken"
  | "last-administrator"
  | "sign-in-name-refused"
  | "name-refused"
  | "roles-refused"
  | "password-refused"
  | "changed-meanwhile"
  | "busy";

/** Why a user cannot be added or changed as was asked. The message is for whoever asked. */
export class UsersError extends CodedError {
  readonly code: UsersErrorCode;

  constructor(code: UsersErrorCode, message: string, options: { retry?: Retry } = {}) {
    super(message, options);
    this.code = code;
  }
}
