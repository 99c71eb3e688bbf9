import type { DirectoryContext } from "./context.ts";

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
