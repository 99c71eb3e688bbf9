import type { Bodies, StoredBody } from "./bodies.ts";

/** Deletes the body's file if its row was surely not written. In doubt it stays, for the sweep at the next start. */
export async function keeping<Outcome>(
  bodies: Pick<Bodies, "discard">,
  body: StoredBody,
  write: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await write();
  } catch (error) {
    if (Error.isError(error) && "retry" in error && error.retry === "safe") await bodies.discard(body);
    throw error;
  }
}
