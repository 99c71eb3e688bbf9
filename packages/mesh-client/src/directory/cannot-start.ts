import { asDurableError, DurableError } from "@restante/durable";
import { MeshClientError } from "../mesh-client-error.ts";
import { asClientError } from "./folder-trouble.ts";

/**
 * Why a directory client does not start, as one line: the path, the reason, the remedy. `folder-in-use` only where
 * another process has the folder.
 */
export function cannotStart(error: unknown, path: string): MeshClientError {
  const failure = asDurableError(error, path);
  if (!(failure instanceof DurableError)) return asClientError(error);
  const code = failure.code === "held" ? "folder-in-use" : "folder-unusable";
  // The cause's own words may name a file.
  return new MeshClientError(code, failure.message, { cause: new Error(failure.code), retry: failure.retry });
}
