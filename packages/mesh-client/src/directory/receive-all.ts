import type { MessageId } from "@restante/mesh";
import type { BackOff } from "./back-off.ts";
import type { DirectoryContext } from "./context.ts";
import { asClientError, FolderTrouble } from "./folder-trouble.ts";
import { NoRoom, receive } from "./receive.ts";
import { leastRoom } from "./room.ts";
import { isOfTheWay, serverAnswers } from "./way-to-the-server.ts";

/** So long may failures hold up what else is due; then the next poll goes on, at once. Milliseconds. */
const lostAtMost = 2 * 60 * 1000;

export interface Receiving {
  readonly received: number;
  /** Messages are left that were not tried: the next poll need not wait. */
  readonly more: boolean;
}

/** What is kept from one poll to the next. */
export interface ReceivingState {
  readonly backOff: BackOff;
  /** Told of each listing, how many of its entries cannot be message ids. */
  readonly tellUnusableIds: (count: number) => void;
}

/**
 * Receives what is in the mailbox, oldest first. A message that fails is passed over, and tried again by a back-off of its
 * own, after those that have not failed; only trouble with the way to the server, or with a folder that all need, ends
 * this.
 */
export async function receiveAll(
  context: DirectoryContext,
  { backOff, tellUnusableIds }: ReceivingState,
  { unfiled, signal }: { unfiled: ReadonlySet<string>; signal: AbortSignal },
): Promise<Receiving> {
  const { client, troubles, folders } = context;
  let received = 0;
  let lostMs = 0;
  let inARow = 0;
  let more = false;

  /** Gives whether to go on. */
  async function take(messageId: MessageId): Promise<boolean> {
    const startedAt = performance.now();
    try {
      const reception = await receive(context, messageId, signal);
      inARow = 0;
      backOff.over(messageId);
      if (reception === "received") received += 1;
      if (reception === "gone") troubles.goneMessage(messageId);
      else troubles.overMessage(messageId);
      return reception !== "unfiled" || !troubles.isUnusable("IN");
    } catch (error) {
      const trouble = asClientError(error);
      if (isOfTheWay(trouble) || isOfAll(trouble)) {
        troubles.met(trouble);
        return false;
      }
      troubles.metMessage(messageId, trouble);
      backOff.failed(messageId, trouble instanceof NoRoom ? trouble.needs : undefined);
      if (trouble instanceof FolderTrouble) return true;
      inARow += 1;
      lostMs += performance.now() - startedAt;
      if (!(await serverAnswers(context, inARow, signal))) return false;
      more = lostMs > lostAtMost;
      return !more;
    }
  }

  async function takeAll(): Promise<void> {
    const listed = new Set<MessageId>();
    const again: MessageId[] = [];
    let room: Promise<number> | undefined;
    let unusableIds = 0;
    for await (const messageId of client.listAll({ signal, onUnusableIds: (count) => (unusableIds += count) })) {
      listed.add(messageId);
      // Not in IN yet, so it must not be acknowledged.
      if (unfiled.has(messageId)) continue;
      if (backOff.knows(messageId)) {
        if (await backOff.isDue(messageId, async () => (room ??= leastRoom(folders).then(({ bytes }) => bytes))))
          again.push(messageId);
      } else if (!(await take(messageId))) return;
    }
    tellUnusableIds(unusableIds);
    for (const messageId of backOff.ids()) {
      if (listed.has(messageId)) continue;
      backOff.over(messageId);
      troubles.goneMessage(messageId);
    }
    for (const messageId of again) if (!(await take(messageId))) return;
  }

  try {
    await takeAll();
  } catch (error) {
    // The listing failed.
    troubles.met(error);
  }
  return { received, more };
}

/** Trouble with a disk that every message would meet. */
function isOfAll(trouble: unknown): boolean {
  return trouble instanceof FolderTrouble && (trouble.reach === "folder" || trouble.folder === ".restante");
}
