import { CodedError } from "@restante/mesh";
import { AuthorizationResponseError, ClientError, ResponseBodyError } from "openid-client";

/**
 * - `issuer-unreachable`: it does not answer, or with what is none of its answers.
 * - `issuer-slow`: it did not within the time that it is given.
 * - `issuer-refuses-client`: it does not know this system, or not by this secret: a matter of the settings.
 * - `issuer-not-trusted`: what it says of somebody does not hold together, such as a signature that is wrong.
 * - `sign-in-refused`: it turned them away, or what their browser brought was not its own.
 */
export type IssuerErrorCode =
  | "issuer-unreachable"
  | "issuer-slow"
  | "issuer-refuses-client"
  | "issuer-not-trusted"
  | "sign-in-refused";

export class IssuerError extends CodedError {
  readonly code: IssuerErrorCode;
  /** It was found before the issuer was asked: anybody can make up what a browser brings. */
  readonly ofBrowser: boolean;

  constructor(code: IssuerErrorCode, message: string, options?: ErrorOptions & { readonly ofBrowser?: boolean }) {
    super(message, options);
    this.code = code;
    this.ofBrowser = options?.ofBrowser ?? false;
  }
}

const clientCodes: ReadonlySet<string> = new Set(["invalid_client", "unauthorized_client", "invalid_request"]);

/** What went wrong, in our words. What openid-client says of it may quote a token, so it is never shown nor logged. */
export function asIssuerError(error: unknown, ofBrowser = false): IssuerError {
  const known = causesOf(error).find((cause) => cause instanceof IssuerError);
  if (known !== undefined) return known;
  if (error instanceof AuthorizationResponseError) {
    return new IssuerError("sign-in-refused", "The issuer turned them away.", { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    return clientCodes.has(error.error)
      ? new IssuerError("issuer-refuses-client", "The issuer does not take this client.", { cause: error })
      : new IssuerError("sign-in-refused", "The issuer does not take this code.", { cause: error });
  }
  if (error instanceof ClientError && unreadable.has(error.code ?? "")) {
    return new IssuerError("issuer-unreachable", "What answers is no issuer.", { cause: error });
  }
  return new IssuerError("issuer-not-trusted", "What the issuer says cannot be trusted.", { cause: error, ofBrowser });
}

/** What whoever runs the system is told by: the code of the system, or of openid-client, where that says more. */
export function rootOf(error: IssuerError): Error {
  const { code, cause } = error;
  const isGeneral = code === "issuer-unreachable" || code === "issuer-not-trusted";
  return isGeneral && typeof (cause as NodeJS.ErrnoException | undefined)?.code === "string" ? (cause as Error) : error;
}

const unreadable: ReadonlySet<string> = new Set([
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
  "OAUTH_PARSE_ERROR",
]);

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 10; cause = cause.cause) causes.push(cause);
  return causes;
}
