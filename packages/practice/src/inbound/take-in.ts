import { MeshClientError } from "@restante/mesh-client";
import type { PracticeContext } from "../context.ts";
import { isOfTheSystem, PracticeError, reasonOf } from "../errors.ts";
import { isReceived } from "../store/received.ts";
import { eventId } from "./event-id.ts";
import { importMessage } from "./import.ts";
import { importSetAside } from "./set-aside.ts";
import type { Source } from "./source.ts";

/**
 * Takes in what waits, one message at a time:
 *
 *   1. a message that is known already is a repeat: it is let go of, nothing else;
 *   2. else it is read, and imported in one transaction with its task and the responses due;
 *   3. only then is it let go of: removed from IN, or acknowledged to MESH.
 *
 * A kill anywhere leaves it where it was; after 2 it is then a repeat. A message that fails does not stop those behind
 * it: it is tried once a pass, and after `tuning.importAttempts` it is kept as files and set aside for a person. The
 * tries are counted in memory: being killed is not the message's fault.
 */
export interface TakeIn {
  /** One pass. True: more may be waiting. */
  run(signal?: AbortSignal): Promise<boolean>;
}

export function takeIn(context: PracticeContext, source: Source): TakeIn {
  const { database, tuning, organisation, emit, keptFolder } = context;
  const attempts = new Map<string, number>();

  async function takeOne(id: string, signal?: AbortSignal): Promise<void> {
    const known = source.idsAreMessageIds && isReceived(database, id);
    const arrival = known ? undefined : await source.open(id, signal);
    const messageId = arrival?.messageId ?? id;
    if (arrival === undefined || isReceived(database, messageId)) {
      emit({ event: "message-repeated", odsCode: organisation.odsCode, messageId: eventId(messageId) });
    } else {
      importMessage(context, arrival, arrival.type === "data" ? await arrival.content() : new Uint8Array());
    }
    await source.release(id, signal);
  }

  /** The last of its tries sets it aside; so does what no other try can help. */
  async function takeOrSetAside(id: string, signal?: AbortSignal): Promise<void> {
    try {
      await takeOne(id, signal);
    } catch (error) {
      const last = (attempts.get(id) ?? 0) + 1 >= tuning.importAttempts;
      const final = error instanceof PracticeError && error.code === "message-too-large";
      if (signal?.aborted || isOfTheSystem(error) || isOfTheConnection(error) || !(last || final)) throw error;
      // Kept first, then stored, then let go of: nothing is lost by a kill in between.
      const name = await source.keep(id, keptFolder, signal);
      if (!isReceived(database, name)) importSetAside(context, name, source.mailboxId, reasonOf(error));
      await source.release(id, signal);
    }
  }

  return {
    async run(signal) {
      const waiting = await source.waiting(tuning.batchSize, signal);
      let taken = 0;
      for (const id of waiting) {
        signal?.throwIfAborted();
        try {
          await takeOrSetAside(id, signal);
          attempts.delete(id);
          taken += 1;
        } catch (error) {
          if (signal?.aborted || isOfTheSystem(error) || isOfTheConnection(error)) throw error;
          attempts.set(id, (attempts.get(id) ?? 0) + 1);
        }
      }
      // A pass that only met failures must not bring on the next one at once.
      return taken > 0 && waiting.length === tuning.batchSize;
    },
  };
}

/** The mailbox as a whole is out of reach; it is no fault of this message. */
function isOfTheConnection(error: unknown): boolean {
  return (
    error instanceof MeshClientError &&
    ["unauthorised", "unavailable", "server-certificate", "client-certificate", "unreachable", "closed"].includes(
      error.code,
    )
  );
}
