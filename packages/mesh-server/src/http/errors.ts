import { CodedError } from "@restante/mesh";

import { MeshServerError, type MeshServerErrorCode } from "../errors.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** The one table from the server's own failures to answers. */
const refusals: Readonly<Record<MeshServerErrorCode, RefusalCode>> = {
  "store-busy": "unavailable",
  "store-full": "unavailable",
  "store-stopped": "unavailable",
  "store-damaged": "unavailable",
  "store-in-use": "failed",
  "store-lost": "failed",
  "store-too-new": "failed",
  "config-invalid": "failed",
  "transition-not-allowed": "failed",
  "row-unreadable": "failed",
  "body-too-large": "body-too-large",
  "body-cut-short": "body-cut-short",
  "body-damaged": "body-damaged",
  "bodies-lost": "failed",
  "bodies-unusable": "unavailable",
};

/** How any error that ends a request is answered. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof MeshServerError) {
    // Whether it happened is not known: 503 would invite the client to send it again.
    const code = error.retry === "ambiguous" ? "failed" : refusals[error.code];
    return new Refusal(code, { reason: error.code, cause: error });
  }
  if (isRequestError(error)) return new Refusal("request-malformed", { reason: error.code, cause: error });
  // The text of an error that is not ours may hold anything.
  const name = error instanceof CodedError ? error.code : error instanceof Error ? error.name : typeof error;
  return new Refusal("failed", { reason: name, cause: error });
}

/** What fastify itself says of a request: a wrong path, a wrong content type. */
function isRequestError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("FST_") &&
    "statusCode" in error &&
    Number(error.statusCode) < 500
  );
}
