import { CodedError } from "@restante/mesh";

/** What is in a keystore, as PEM texts. */
export interface Keystore {
  readonly keys: readonly KeystoreKey[];
  /** Certificates that it trusts: those that are there without a key, or that Java marks so. */
  readonly trusted: readonly KeystoreCertificate[];
}

export interface KeystoreKey {
  /** Undefined where it has no name. */
  readonly alias: string | undefined;
  /** PKCS #8, not encrypted. */
  readonly key: string;
  /** The certificate to it, and behind it those of its issuers that the keystore has. */
  readonly cert: string;
}

export interface KeystoreCertificate {
  readonly alias: string | undefined;
  readonly cert: string;
}

/**
 * - `password-wrong`: the password is another.
 * - `key-password-wrong`: the keystore opens, and a key in it has a password of its own.
 * - `damaged`: it is cut off or altered.
 * - `unsupported`: it is of a kind, or encrypted in a way, that is not read here.
 * - `not-a-keystore`: it is something else.
 */
export type KeystoreErrorCode = "password-wrong" | "key-password-wrong" | "damaged" | "unsupported" | "not-a-keystore";

/** The message completes the name of the file to a sentence, with the remedy; it holds nothing of what is in the keystore. */
export class KeystoreError extends CodedError {
  readonly code: KeystoreErrorCode;

  constructor(code: KeystoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function wrongPassword(): KeystoreError {
  return new KeystoreError("password-wrong", "does not open with this password");
}

export function damaged(cause?: unknown): KeystoreError {
  return new KeystoreError("damaged", "is damaged: put it back from a backup", { cause });
}

/** A keystore of another kind, or encrypted in another way. `what` is said of it. */
export function unsupported(what: string): KeystoreError {
  return new KeystoreError(
    "unsupported",
    `${what}, which is not read here: write it anew with keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12`,
  );
}
