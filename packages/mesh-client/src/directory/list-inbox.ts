import type { MessageId } from "@restante/mesh";
import type { DirectoryContext } from "./context.ts";
import type { ReceivingState } from "./receiving-state.ts";
import type { Room } from "./room.ts";

/** So long may a mailbox that goes on filling hold up what else is due. Milliseconds. */
const receivingAtMost = 2 * 60 * 1000;

/** What becomes of the messages that are listed, as far as the listing goes by it. */
export interface Inbox {
  /** Whether it was tried in this poll, or is being fetched. */
  isInHand(messageId: MessageId): boolean;
  /** Whether any is still begun in this poll. */
  mayBegin(): boolean;
  /** The next to be tried. Resolves when there is room for one more. */
  enqueue(messageId: MessageId): Promise<void>;
  /** Resolves when all of them have come to their end, or are waited for no longer. */
  settled(): Promise<void>;
  /** How many were received. */
  received(): number;
}

/**
 * Lists the mailbox, page by page, as fast as its messages are taken; and again from the start as long as the last time brought
 * something: a mailbox is emptied in one poll, also where a listing shows 500 messages and no more. Then come those that had
 * failed before and are due again.
 *
 * @param unfiled what is not in IN yet: it must not be acknowledged
 * @returns whether it goes on filling, so that more of it is left to the next poll
 */
export async function listInbox(
  context: DirectoryContext,
  state: ReceivingState,
  { unfiled, inbox, signal }: { unfiled: ReadonlySet<string>; inbox: Inbox; signal: AbortSignal },
): Promise<boolean> {
  const { client, troubles, rooms } = context;
  const { backOff } = state;
  const beganAt = performance.now();
  const again: MessageId[] = [];

  async function listOnce(isFirst: boolean): Promise<void> {
    const listed = new Set<MessageId>();
    let room: Promise<number> | undefined;
    let unusableIds = 0;
    for await (const messageId of client.listAll({ signal, onUnusableIds: (count) => (unusableIds += count) })) {
      if (!inbox.mayBegin()) return;
      if (isFirst) listed.add(messageId);
      if (unfiled.has(messageId) || inbox.isInHand(messageId)) continue;
      if (!backOff.knows(messageId)) await inbox.enqueue(messageId);
      else if (isFirst && (await backOff.isDue(messageId, async () => (room ??= bytesOf(rooms.least()))))) {
        again.push(messageId);
      }
    }
    if (!isFirst || !inbox.mayBegin()) return;
    state.tellUnusableIds(unusableIds);
    for (const messageId of backOff.ids()) {
      if (listed.has(messageId)) continue;
      backOff.over(messageId);
      troubles.goneMessage(messageId);
    }
  }

  for (let before = -1; inbox.mayBegin() && inbox.received() > before;) {
    const isFirst = before === -1;
    before = inbox.received();
    await listOnce(isFirst);
    await inbox.settled();
    if (performance.now() - beganAt > receivingAtMost && inbox.received() > before) return true;
  }
  for (const messageId of again) if (inbox.mayBegin()) await inbox.enqueue(messageId);
  return false;
}

async function bytesOf(room: Promise<Room>): Promise<number> {
  return (await room).bytes;
}
