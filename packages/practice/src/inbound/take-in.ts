import { isMissing } from "@restante/durable";
import { MeshClientError } from "@restante/mesh-client";
import type { PracticeContext } from "../context.ts";
import { isOfTheSystem, isOfTheWay, PracticeError, reasonOf } from "../errors.ts";
import { isReceived } from "../store/received.ts";
import type { Progress } from "../work.ts";
import { eventId } from "./event-id.ts";
import { importMessage } from "./import.ts";
import { importSetAside } from "./set-aside.ts";
import type { Source } from "./source.ts";
import { createTroubledMessages } from "./troubled-messages.ts";

/**
 * Takes in what waits, one message at a time:
 *
 *   1. a message that is known already is a repeat: it is let go of, nothing else;
 *   2. else it is read, and imported in one transaction with its task and the responses due;
 *   3. only then is it let go of: removed from IN, or acknowledged to MESH.
 *
 * A kill anywhere leaves it where it was; after 2 it is then a repeat. A message that fails never takes the place of
 * those behind it: later passes go past it to those that were not tried yet, and come back to it at the end. What it fails
 * of decides what becomes of it:
 *
 * - it cannot be imported (or read, or is too long): it is tried once a pass, and after `tuning.importAttempts` it is
 *   kept as files and set aside for a person;
 * - it cannot be fetched or let go of, or not even be kept: it is tried for as long as it is there, with a growing wait,
 *   and that is told (troubled-messages.ts). It is never acknowledged.
 * - nothing can be had at all (the way to MESH, the disk, the database): the pass ends, and the pass tells it.
 *
 * The tries are counted in memory: being killed is not the message's fault.
 */
export interface TakeIn {
  readonly run: (signal?: AbortSignal) => Promise<Progress>;
}

export function takeIn(context: PracticeContext, source: Source): TakeIn {
  const { database, tuning, organisation, emit, keptFolder } = context;
  const troubled = createTroubledMessages(context, source.mailboxId);

  async function takeOne(id: string, signal?: AbortSignal): Promise<void> {
    const known = source.idsAreMessageIds && isReceived(database, id);
    const arrival = known ? undefined : await source.open(id, signal);
    const messageId = arrival?.messageId ?? id;
    const isRepeat = arrival === undefined || isReceived(database, messageId);
    if (!isRepeat) await importMessage(context, arrival, signal);
    await source.release(id, signal);
    // Not before: what cannot be let go of comes again at every pass, and is one repeat.
    if (isRepeat) emit({ event: "message-repeated", odsCode: organisation.odsCode, messageId: eventId(messageId) });
  }

  /** The last of its tries sets it aside; so does what no other try can help. */
  async function takeOrSetAside(id: string, signal?: AbortSignal): Promise<void> {
    try {
      await takeOne(id, signal);
    } catch (error) {
      const last = troubled.importsFailed(id) + 1 >= tuning.importAttempts;
      const final = error instanceof PracticeError && error.code === "message-too-large";
      if (signal?.aborted || !isOfTheMessage(error) || !(last || final)) throw error;
      // Kept first, then stored, then let go of: nothing is lost by a kill in between.
      const name = await source.keep(id, keptFolder, signal).catch((cause: unknown) => {
        throw new NotKept(cause);
      });
      if (!isReceived(database, name)) importSetAside(context, name, source.mailboxId, reasonOf(error));
      await source.release(id, signal);
    }
  }

  /** Throws where no other message would fare better. */
  async function attempt(id: string, signal?: AbortSignal): Promise<void> {
    try {
      await takeOrSetAside(id, signal);
      troubled.over(id);
    } catch (thrown) {
      const error = thrown instanceof NotKept ? thrown.cause : thrown;
      // A disk may have room for the others though not for this one: if it has none, they will tell.
      if (signal?.aborted || isOfTheWay(error) || isOfTheSystem(thrown)) throw error;
      // What the server says of one message it may say of all; and a file may be missing with its folder.
      if (error instanceof MeshClientError || isMissing(error)) await source.reach(signal);
      troubled.failed(id, error, { ofImport: isOfTheMessage(thrown) });
    }
  }

  return {
    async run(signal) {
      let tried = 0;
      const again: string[] = [];
      const seen = new Set<string>();
      for await (const id of source.waiting(tuning.batchSize, signal)) {
        signal?.throwIfAborted();
        seen.add(id);
        if (troubled.has(id)) {
          if (troubled.isDue(id)) again.push(id);
          continue;
        }
        await attempt(id, signal);
        tried += 1;
        if (tried >= tuning.batchSize) break;
      }
      const all = tried < tuning.batchSize;
      for (const id of again.slice(0, tuning.batchSize)) {
        signal?.throwIfAborted();
        await attempt(id, signal);
      }
      if (all) troubled.retain(seen);
      // What failed is passed over by the next pass, which so comes to others.
      return { more: !all, ...troubled.summary() };
    },
  };
}

/** A message that cannot be taken in could not be kept for a person either. */
class NotKept extends Error {
  constructor(cause: unknown) {
    super("A message could not be kept.", { cause });
  }
}

/** Its own fault, as far as can be told: not that of the way to it, of this machine, or of whoever keeps it. */
function isOfTheMessage(error: unknown): boolean {
  return !(error instanceof MeshClientError) && !(error instanceof NotKept) && !isOfTheSystem(error);
}
