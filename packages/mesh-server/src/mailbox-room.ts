// Mailboxes that are full: the store refuses what would be too much, in the transaction that would accept it. Here it is
// told: of each such mailbox at once, then with its count at growing intervals, then that it has room again.

import { type Clock, type Emit, lastingTroubles, type MailboxId } from "@restante/mesh";

import { isFull, type MailboxLimits, type Store } from "./store/store.ts";

export interface MailboxRoom {
  /** Asked for something that is to go into the mailbox: if it is full, that is told. */
  isFull(mailboxId: MailboxId): Promise<boolean>;
  /** Tells the end. At every tick. */
  look(): Promise<void>;
}

export function watchRoom(
  { store, clock, emit }: { store: Pick<Store, "waitingIn">; clock: Clock; emit: Emit },
  limits: MailboxLimits,
): MailboxRoom {
  const unlimited = limits.messages === undefined && limits.bytes === undefined;
  const troubles = lastingTroubles(clock);
  // Some of the mailboxes that there are.
  const full = new Set<MailboxId>();

  return {
    async isFull(mailboxId) {
      if (unlimited) return false;
      const waiting = await store.waitingIn(mailboxId);
      if (!isFull(waiting, limits)) return false;
      full.add(mailboxId);
      const told = troubles.met(mailboxId, "full");
      if (told !== undefined) emit({ event: "mailbox-full", mailboxId, ...waiting, ...told });
      return true;
    },
    async look() {
      for (const mailboxId of full) {
        const waiting = await store.waitingIn(mailboxId).catch(() => undefined);
        // A store that cannot be read is told of by itself.
        if (waiting === undefined || isFull(waiting, limits)) continue;
        full.delete(mailboxId);
        const told = troubles.over(mailboxId);
        if (told !== undefined) emit({ event: "mailbox-has-room", mailboxId, ...waiting, ...told });
      }
    },
  };
}
