import type { Retry } from "@restante/mesh";
import { errors } from "undici";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";

/** The most that the head of an answer may take: headers that a sender chose come back in it, some of them twice. */
export const maxHeadBytes: number = 64 * 1024;

/** How far a request got, as undici reports it. */
export interface Progress {
  /** A connection stood, and its head was handed to it. */
  begun: boolean;
  /** Bytes of the body handed to the connection. */
  sent: number;
  /** The body's stream ended. */
  ended: boolean;
}

/**
 * Whether the server can have received all of the request. If any of it was held back, the server cannot have acted:
 * a body short of its Content-Length, or without its last chunk, is no request.
 */
export function mayHaveArrived(progress: Progress, bodyLength: number | undefined): boolean {
  return progress.begun && (bodyLength === undefined ? progress.ended : progress.sent >= bodyLength);
}

/** What Node.js calls a server certificate that it does not accept ("X509 certificate error codes"). */
const serverCertificateCodes: ReadonlySet<string> = new Set([
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "CERT_SIGNATURE_FAILURE",
  "CRL_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Each time-out in its words. */
const timeouts: ReadonlyMap<string, string> = new Map([
  ["UND_ERR_CONNECT_TIMEOUT", "No connection to the server stood in time."],
  ["UND_ERR_HEADERS_TIMEOUT", "The server did not answer in time."],
  ["UND_ERR_BODY_TIMEOUT", "The server's answer stopped on its way, or came too slowly."],
  ["ETIMEDOUT", "The server did not answer in time."],
]);

const wrongRequestCodes: ReadonlySet<string> = new Set(["UND_ERR_INVALID_ARG", "ERR_INVALID_ARG_TYPE"]);

/**
 * The error of a request that got no answer.
 *
 * The cause's own words stay out: they may quote what was sent. Only its code is kept.
 */
export function failureOf(
  cause: unknown,
  {
    progress,
    lost,
    signal,
  }: {
    progress: Progress;
    /** The verdict if the whole request may have arrived. */
    lost: Retry;
    signal: AbortSignal | undefined;
  },
): MeshClientError {
  const code = codeOf(cause) ?? "no code";
  const because = { cause: new Error(code) };
  if (signal?.aborted === true) {
    return new MeshClientError("aborted", "The call was given up.", { cause: signal.reason, retry: lost });
  }
  if (serverCertificateCodes.has(code)) {
    return new MeshClientError("server-certificate", `The server's certificate is not trusted (${code}).`, because);
  }
  if (/^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) {
    return new MeshClientError("client-certificate", `The server refused our certificate (${code}).`, because);
  }
  if (wrongRequestCodes.has(code)) {
    return new MeshClientError("request-invalid", "The request cannot be written: a header or the address is wrong.", {
      ...because,
    });
  }
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return new MeshClientError("closed", "The client was closed.", { ...because, retry: lost });
  }
  const timeout = timeouts.get(code);
  if (timeout !== undefined) return new MeshClientError("timed-out", timeout, { ...because, retry: lost });
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    // The same call would bring the same answer.
    const retry = lost === "ambiguous" ? lost : "never";
    const what = `The head of the server's answer is larger than ${maxHeadBytes / 1024} KB.`;
    return new MeshClientError("answer-head-too-large", what, { ...because, retry });
  }
  if (cause instanceof errors.HTTPParserError) {
    const what = "The server's answer is not HTTP as it should be.";
    return new MeshClientError("unexpected-answer", what, { ...because, retry: lost });
  }
  if (!progress.begun) {
    return new MeshClientError("unreachable", `The server cannot be reached (${code}).`, { ...because, retry: "safe" });
  }
  return new MeshClientError("answer-lost", `The connection broke before the answer came (${code}).`, {
    ...because,
    retry: lost,
  });
}
