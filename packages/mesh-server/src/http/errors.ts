import { CodedError } from "@restante/mesh";

import { MeshServerError, type MeshServerErrorCode } from "../errors.ts";
import { fieldWrong, partWrong, Refusal, type RefusalCode } from "./refusal.ts";

/** The one table from the server's own failures to answers. */
const refusals: Readonly<Record<MeshServerErrorCode, RefusalCode>> = {
  "store-busy": "unavailable",
  "store-full": "unavailable",
  "store-stopped": "unavailable",
  // 503 would invite the client to send it again.
  "commit-unknown": "failed",
  "store-damaged": "unavailable",
  "store-in-use": "failed",
  "folder-for-development": "failed",
  "folder-not-marked": "failed",
  "store-moved": "failed",
  "store-moving": "failed",
  "move-refused": "failed",
  "move-differs": "failed",
  "store-lost": "failed",
  "store-too-new": "failed",
  "store-unreachable": "failed",
  "mailbox-held": "unavailable",
  "config-invalid": "failed",
  "transition-not-allowed": "failed",
  "row-unreadable": "failed",
  "snapshot-failed": "failed",
  "body-too-large": "body-too-large",
  "body-cut-short": "body-cut-short",
  "body-damaged": "body-damaged",
  "bodies-lost": "failed",
  "bodies-unreachable": "failed",
  "bodies-unusable": "unavailable",
};

const contentTypeWrong = fieldWrong("header", "content-type", "Input should be a media type, such as text/xml");

/** How any error that ends a request is answered. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof MeshServerError) {
    const code = refusals[error.code];
    // Of a body that is too large its client is told how much may be.
    const problems = error.code === "body-too-large" ? [partWrong("body", error.message)] : [];
    return new Refusal(code, { reason: error.code, cause: error, problems });
  }
  if (isRequestError(error)) {
    const problems = error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE" ? [contentTypeWrong] : [];
    return new Refusal("request-malformed", { reason: error.code, cause: error, problems });
  }
  // The text of an error that is not ours may hold anything.
  const name = error instanceof CodedError ? error.code : Error.isError(error) ? error.name : typeof error;
  return new Refusal("failed", { reason: name, cause: error });
}

/** What fastify itself says of a request: a wrong path, a wrong content type. */
function isRequestError(error: unknown): error is Error & { code: string } {
  return (
    // Its errors are objects made by a function, so that `Error.isError` does not know them.
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("FST_") &&
    "statusCode" in error &&
    Number(error.statusCode) < 500
  );
}
