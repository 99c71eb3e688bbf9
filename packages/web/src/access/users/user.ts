import type { Role } from "../rights.ts";

export interface User {
  /** `u-` and 12 characters: made once, and what the audit knows them by. */
  readonly id: string;
  /** What they type to sign in, in small letters. */
  readonly signInName: string;
  /** As other persons are shown it. */
  readonly name: string;
  /** In the order of `roles`; none where an issuer gave them and has taken them away. */
  readonly roles: readonly Role[];
  /** May not come in. */
  readonly disabled: boolean;
  readonly openId?: OpenIdIdentity;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
}

/** Whose password was right, by what is to be known again of it: see `Users.passwordMark`. */
export interface Proved extends User {
  readonly passwordMark: string;
}

/**
 * Who somebody is to an issuer of OpenID Connect: the two together, and nothing else that it says of them. However its address is
 * written, it is one issuer.
 */
export interface OpenIdIdentity {
  readonly issuer: string;
  readonly subject: string;
}

export interface NewUser {
  readonly signInName: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly password?: string;
  readonly openId?: OpenIdIdentity;
}

export interface UserChanges {
  readonly name?: string;
  readonly roles?: readonly Role[];
  readonly disabled?: boolean;
  readonly openId?: OpenIdIdentity;
}

/** Who changes something, as the audit has it. */
export interface By {
  readonly actor: string;
  readonly source: string;
  readonly session?: string;
}

/** What somebody's authenticator is to be given. */
export interface BegunSecondFactor {
  /** In base 32, to be typed. */
  readonly secret: string;
  /** The same as `otpauth:`, to be shown as a QR code. */
  readonly uri: string;
}

/**
 * Who may come in. Every change is written down in the audit in the same transaction: both are on disk when it returns, or
 * neither is. Several processes may use it at once.
 *
 * @throws {UsersError} where what is asked for cannot be; `no-such-user` by an id that is nobody's
 */
export interface Users {
  find(id: string): User | undefined;
  /** Whatever its capitals. */
  findByName(signInName: string): User | undefined;
  findByOpenId(issuer: string, subject: string): User | undefined;
  /** By sign-in name. */
  list(): User[];
  /** @throws {UsersError} `sign-in-name-refused`, `name-refused`, `roles-refused`, `password-refused`, `taken`, `busy` */
  add(user: NewUser, by: By): Promise<User>;
  /**
   * Whoever is disabled is signed out everywhere. What changes nothing has no row in the audit.
   *
   * @throws {UsersError} `last-administrator`, `name-refused`, `roles-refused`, `taken`
   */
  change(id: string, changes: UserChanges, by: By): User;
  /**
   * Signs them out everywhere.
   *
   * @param over the mark of the password that they have just proved, in whose place it comes and no other's
   * @returns the mark of the new one
   * @throws {UsersError} `password-refused`, `changed-meanwhile`, `busy`
   */
  setPassword(id: string, password: string, by: By, over?: string): Promise<string>;
  /**
   * Does the same work whether there is such a user or not, has a password or not, is disabled or not. It counts no failures:
   * whoever calls it does.
   *
   * @throws {UsersError} `busy`
   */
  checkPassword(signInName: string, password: string): Promise<Proved | undefined>;
  /** Another as soon as they have another password; it says nothing of it. Undefined: they have none. */
  passwordMark(id: string): string | undefined;
  /** What is confirmed within 15 minutes is their second factor from then on; until then nothing changes. */
  beginSecondFactor(id: string): BegunSecondFactor;
  /** Whether the code is of what was begun. Then they are signed out everywhere. */
  confirmSecondFactor(id: string, code: string, by: By): boolean;
  /** Whether it is their code of this half minute, the one before or the next; each is taken once. It counts no failures. */
  checkSecondFactor(id: string, code: string): boolean;
  removeSecondFactor(id: string, by: By): void;
}
