import { CodedError } from "@restante/mesh";

/**
 * - `host-not-loopback`: without a sign-in, pages are for this computer alone.
 * - `door-unusable`: what is said of the way to the pages cannot be meant.
 * - `certificate-unusable`: no browser would take the certificate, or the key is not its own.
 */
export type SiteErrorCode = "host-not-loopback" | "door-unusable" | "certificate-unusable";

/** Why a site cannot be served. The message is a sentence, and holds no key. */
export class SiteError extends CodedError {
  readonly code: SiteErrorCode;

  constructor(code: SiteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
