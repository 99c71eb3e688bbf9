import { type Clock, type Emit, lastingTroubles, type MailboxId } from "@restante/mesh";

/**
 * Tells of entries in a mailbox's listing that cannot be message ids. Nobody can ask for what they name: they stay until
 * they expire, or whoever runs the server looks at them. To be called for each listing, also for one that has none.
 */
export function unusableIds({
  mailboxId,
  clock,
  emit,
}: {
  readonly mailboxId: MailboxId;
  readonly clock: Clock;
  readonly emit: Emit;
}): (count: number) => void {
  const troubles = lastingTroubles(clock);
  const topic = "listing";
  return (count) => {
    if (count === 0) {
      const trouble = troubles.over(topic);
      if (trouble !== undefined) emit({ event: "listing-readable", mailboxId, ...trouble });
      return;
    }
    const trouble = troubles.met(topic, String(count));
    if (trouble !== undefined) emit({ event: "listing-unreadable", mailboxId, ids: count, ...trouble });
  };
}
