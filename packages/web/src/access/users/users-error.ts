import { CodedError, type Retry } from "@restante/mesh";

/**
 * - `no-such-user`, `no-such-token`: no user has this id, no token this name.
 * - `taken`: another user has this sign-in name, or is who this is to the issuer; another token has, or had, this name.
 * - `last-administrator`: nobody would be left who gives out roles.
 * - `sign-in-name-refused`, `name-refused`, `roles-refused`, `password-refused`, `days-refused`: it cannot be one; the message says why.
 * - `changed-meanwhile`: somebody else gave them another password.
 * - `busy`: too many passwords are being checked at this moment.
 */
export type UsersErrorCode =
  | "no-such-user"
  | "no-such-token"
  | "taken"
  | "last-administrator"
  | "sign-in-name-refused"
  | "name-refused"
  | "roles-refused"
  | "password-refused"
  | "days-refused"
  | "changed-meanwhile"
  | "busy";

/** Why a user or a token cannot be added or changed as was asked. The message is for whoever asked. */
export class UsersError extends CodedError {
  readonly code: UsersErrorCode;

  constructor(code: UsersErrorCode, message: string, options: { retry?: Retry } = {}) {
    super(message, options);
    this.code = code;
  }
}
