import type { StoredBody } from "../bodies/bodies.ts";
import { contentDigest } from "../bodies/content.ts";
import type { Context } from "../context.ts";
import type { Message } from "../message.ts";
import { Refusal } from "./refusal.ts";

/**
 * A chunk that is there already has come again, with an answer lost or a client that starts anew. It is the same if its
 * content is, however it is compressed; else what is stored stays, or the message would hold what its sender does not
 * know of.
 *
 * @throws {Refusal} if its content is another
 */
export async function compareChunk(
  context: Context,
  message: Message,
  chunk: number,
  again: { body: StoredBody; encoding: string | undefined },
): Promise<void> {
  const { bodies, store } = context;
  const { messageId, details } = message;
  try {
    const stored = await store.body(message, chunk);
    // Abandoned or finished and deleted meanwhile.
    if (stored === undefined) throw new Refusal("upload-complete", { messageId });
    const digest = await contentDigest(bodies.open(stored), details.contentEncoding);
    if (digest === (await contentDigest(bodies.open(again.body), again.encoding))) return;
  } finally {
    await bodies.discard(again.body);
  }
  const changed = again.encoding === details.contentEncoding ? "chunk-content-changed" : "encoding-changed";
  throw new Refusal(changed, { messageId });
}
