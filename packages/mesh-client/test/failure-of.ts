import assert from "node:assert/strict";
import { inspect } from "node:util";
import { MeshClientError } from "@restante/mesh-client";

/** What a call failed with. */
export async function failureOf(call: Promise<unknown>): Promise<MeshClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(error instanceof MeshClientError, `not a MeshClientError: ${inspect(error)}`);
  return error;
}

export function codeAndRetry({ code, retry }: MeshClientError): string {
  return `${code} ${retry}`;
}

export async function codeAndRetryOf(call: Promise<unknown>): Promise<string> {
  return codeAndRetry(await failureOf(call));
}
