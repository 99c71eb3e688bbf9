// What an S3-compatible store, or the way to it, has against a request, in words for its operator. Never by its own text,
// which may repeat what was sent: by its code alone.

import { MeshServerError } from "../errors.ts";

/** What a key must be allowed to do for each request. */
export type S3Action = "s3:PutObject" | "s3:GetObject" | "s3:DeleteObject" | "s3:ListBucket" | Uploads;
type Uploads = "s3:ListBucketMultipartUploads" | "s3:AbortMultipartUpload";

const wrongRegion = "it is in another region: set s3.region";
const notTrusted = "its certificate is not trusted: give Node.js that of its issuer by NODE_EXTRA_CA_CERTS";
const cutOff = "the connection to it broke off";
const notReached = "it is not reached: check the network";
const noAnswer = "it does not answer";
const tooBusy = "it is too busy";

/** By the code of S3, of Node.js's network, or of the client's own errors. */
const words: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no such bucket",
  InvalidBucketName: "there can be no bucket of this name",
  InvalidAccessKeyId: "it does not know the access key id",
  SignatureDoesNotMatch: "the secret access key is wrong",
  InvalidToken: "it does not take the session's token",
  ExpiredToken: "the keys have expired",
  TokenRefreshRequired: "the keys have expired",
  CredentialsProviderError: noKeys("nothing gives any"),
  RequestTimeTooSkewed: "its clock and that of this machine differ by more than it takes: set them right",
  XAmzContentSHA256Mismatch: "what came there is not what was sent: look at what stands between",
  PermanentRedirect: wrongRegion,
  TemporaryRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  SlowDown: tooBusy,
  ServiceUnavailable: tooBusy,
  ENOTFOUND: "its host name is not known: check how it is written",
  EAI_AGAIN: "its host name cannot be looked up now: check the network",
  ECONNREFUSED: "nothing listens there",
  EHOSTUNREACH: notReached,
  ENETUNREACH: notReached,
  ECONNRESET: cutOff,
  EPIPE: cutOff,
  EPROTO: "it does not speak TLS: check whether its address begins with http or https",
  ETIMEDOUT: noAnswer,
  TimeoutError: noAnswer,
  AbortError: noAnswer,
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

const refusedKeys: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "InvalidToken",
  "ExpiredToken",
  "TokenRefreshRequired",
]);

/** Each store has a code of its own for it; Amazon's has none, as it is never full. */
const full: ReadonlySet<string> = new Set(["XMinioStorageFull", "QuotaExceeded", "InsufficientStorage", "507"]);

/**
 * What failed before it was done, or was perhaps done and is the sweep's: it may be tried again. Without its cause, in which
 * there is what was signed.
 */
export function s3Failure(error: unknown, where: string, action: S3Action): MeshServerError {
  const codes = codesOf(error);
  if (codes.some((code) => full.has(code))) {
    return new MeshServerError("store-full", `${where}: it is full.`, { retry: "safe" });
  }
  return new MeshServerError("bodies-unusable", `${where}: ${wordsOf(codes, action)}`, { retry: "safe" });
}

/** What keeps the keys from being found, of which a store knows nothing. */
export function keysFailure(error: unknown, where: string): MeshServerError {
  const codes = codesOf(error);
  const why = codes.includes("CredentialsProviderError")
    ? "nothing gives any"
    : codes.includes("ETIMEDOUT")
      ? "no answer"
      : codes.join(", ") || "unknown reason";
  return new MeshServerError("bodies-unusable", `${where}: ${noKeys(why)}`, { retry: "safe" });
}

/** Others may be given by now. */
export function areKeysRefused(error: unknown): boolean {
  return codesOf(error).some((code) => refusedKeys.has(code));
}

/** What was asked for is not there, and the store itself says so. */
export function isMissing(error: unknown): boolean {
  const [code] = codesOf(error);
  return code === "NoSuchKey" || code === "NoSuchUpload";
}

function noKeys(why: string): string {
  return `the access keys could not be had (${why}): set them in s3, or look at what is to give them, a profile, a program or this machine's role`;
}

function wordsOf(codes: readonly string[], action: S3Action): string {
  const known = codes.map((code) => words[code]).find((found) => found !== undefined);
  if (known !== undefined) return known;
  if (codes[0] === "AccessDenied" || codes[0] === "403") return `the keys do not allow ${action}`;
  return codes.length === 0 ? "unknown reason" : `it answers ${codes.join(", ")}`;
}

/** From what says most: the code of S3 or of the network, then the status. */
function codesOf(error: unknown): string[] {
  if (!Error.isError(error)) return [];
  const { code, name, $metadata } = error as { code?: unknown; name: string; $metadata?: { httpStatusCode?: number } };
  const { Code } = error as { Code?: unknown };
  return [Code, code, name, $metadata?.httpStatusCode]
    .filter((word) => typeof word === "string" || typeof word === "number")
    .map(String)
    .filter((word, index, all) => word !== "Error" && /^[\w.]{1,64}$/.test(word) && all.indexOf(word) === index);
}
