import type { Role } from "../rights.ts";
import type { By } from "../users/user.ts";

/** By what a program asks, and as what. The secret itself is nowhere. */
export interface Token {
  /** 12 characters, which stand in the token itself. */
  readonly id: string;
  /** In small letters; given once, for good. */
  readonly name: string;
  /** In the order of `roles`. */
  readonly roles: readonly Role[];
  readonly addedAt: Date;
  /** From then on it opens nothing. */
  readonly endsAt: Date;
  readonly revokedAt?: Date;
  /** Within an hour or so. Absent: never yet. */
  readonly lastUsedAt?: Date;
}

/** `token`: whose secret it would be, also where it is not. */
export type Presented =
  | { readonly good: true; readonly token: Token }
  | { readonly good: false; readonly why: "wrong" | "ended" | "revoked"; readonly token?: Token };

export interface NewToken {
  readonly name: string;
  readonly roles: readonly Role[];
  /** 1 to 3,650. */
  readonly days: number;
}

/**
 * By what programs may ask. Every change is written down in the audit in the same transaction. Several processes may use it at once:
 * what one of them revokes is good for nothing in the others from then on.
 */
export interface Tokens {
  /**
   * @returns the token with `secret`, what the program is to send: it can never be told again
   * @throws {UsersError} `name-refused`, `roles-refused`, `days-refused`, `taken`
   */
  add(token: NewToken, by: By): { readonly token: Token; readonly secret: string };
  /** By name. */
  list(): Token[];
  find(name: string): Token | undefined;
  /**
   * What is revoked already stays so, without a row.
   *
   * @throws {UsersError} `no-such-token`
   */
  revoke(name: string, by: By): Token;
  /** Whose it is, and whether it is good now. It counts no failures: whoever calls it does. */
  check(secret: string): Presented;
}
