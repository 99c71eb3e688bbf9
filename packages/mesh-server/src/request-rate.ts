// How many requests a second each mailbox may make. A mailbox has an allowance of one second's requests, which fills again
// as evenly as it is used: what it has not used for a second is not saved up.

import type { Clock, MailboxId } from "@restante/mesh";

export interface RequestRate {
  /** Whether the mailbox may make a request now; then it has. */
  take(mailboxId: MailboxId): boolean;
}

/** @param perSecond undefined: any number */
export function createRequestRate(perSecond: number | undefined, clock: Clock): RequestRate {
  // As many as there are mailboxes.
  const allowances = new Map<MailboxId, { left: number; at: number }>();

  return {
    take(mailboxId) {
      if (perSecond === undefined) return true;
      const now = clock.now().getTime();
      const { left, at } = allowances.get(mailboxId) ?? { left: perSecond, at: now };
      // By a clock that was put back no time has passed: it goes on from there.
      const filled = Math.min(perSecond, left + (Math.max(0, now - at) / 1000) * perSecond);
      const may = filled >= 1;
      allowances.set(mailboxId, { left: may ? filled - 1 : filled, at: now });
      return may;
    },
  };
}
