import type { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";

/** The next request would meet the same. */
const codes: ReadonlySet<string> = new Set([
  "unreachable",
  "proxy",
  "server-certificate",
  "client-certificate",
  "unauthorised",
  "closed",
  "aborted",
]);

/** Whether trouble is with the way to the server, and not with one message or pair. */
export function isOfTheWay({ code }: MeshClientError): boolean {
  return codes.has(code);
}

/**
 * After so many failures in a row, and now and then when they go on, the server is asked whether it answers at all: one
 * that does not would make each of hundreds wait for its time-out.
 */
export async function serverAnswers(
  { client, troubles }: DirectoryContext,
  failuresInARow: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (failuresInARow !== 3 && failuresInARow % 50 !== 0) return true;
  try {
    await client.handshake({ signal });
    return true;
  } catch (error) {
    troubles.met(error);
    return false;
  }
}
