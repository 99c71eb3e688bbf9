import type { BodyDamage } from "@restante/mesh";

import type { Message } from "../message.ts";
import type { Store } from "../store/store.ts";
import { type Bodies, BodyDamaged } from "./bodies.ts";

/** Reads a message to its end, and says which chunk is the first that is not what came. Undefined: all of it is. */
export async function findDamage(
  { store, bodies }: { store: Pick<Store, "body">; bodies: Pick<Bodies, "open"> },
  message: Message,
  signal: AbortSignal,
): Promise<{ chunk: number; damage: BodyDamage } | undefined> {
  for (let chunk = 1; chunk <= message.totalChunks; chunk += 1) {
    signal.throwIfAborted();
    const body = await store.body(message, chunk);
    if (body === undefined) return { chunk, damage: "missing" };
    try {
      const opened = await bodies.open(body);
      if (Buffer.isBuffer(opened)) continue;
      // Leaving the loop closes the file.
      for await (const _ of opened) signal.throwIfAborted();
    } catch (error) {
      if (error instanceof BodyDamaged) return { chunk, damage: error.damage };
      throw error;
    }
  }
  return undefined;
}
