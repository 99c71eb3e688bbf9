import type { Mailbox } from "./registry.ts";
import type { Store } from "./store/store.ts";

/** Those that no operator has closed: a closed mailbox is found by nobody who looks for one to send to. */
export async function openAmong(store: Pick<Store, "listClosures">, mailboxes: readonly Mailbox[]): Promise<Mailbox[]> {
  const closed = new Set((await store.listClosures()).map(({ mailboxId }) => mailboxId));
  return mailboxes.filter(({ mailboxId }) => !closed.has(mailboxId));
}
