import type { Readable } from "node:stream";

import { BodyDamaged, type StoredBody } from "../bodies/bodies.ts";
import type { Context } from "../context.ts";
import type { Message } from "../message.ts";

/**
 * The bytes of a chunk, and whatever is found wrong with them told. Such a message stays where it is, for a person to put
 * its file back, until it expires like any other.
 *
 * @throws {BodyDamaged} before a byte is sent; or the stream fails with it, before the last is
 */
export async function openStoredBody(
  { bodies, troubles }: Pick<Context, "bodies" | "troubles">,
  { messageId }: Message,
  chunk: number,
  body: StoredBody,
): Promise<Buffer | Readable> {
  const tell = (error: unknown): void => {
    if (error instanceof BodyDamaged) troubles.bodyDamaged(messageId, chunk, error.damage);
  };
  try {
    const opened = await bodies.open(body);
    if (Buffer.isBuffer(opened)) troubles.bodyWhole(messageId, chunk);
    else opened.once("error", tell).once("end", () => troubles.bodyWhole(messageId, chunk));
    return opened;
  } catch (error) {
    tell(error);
    throw error;
  }
}
