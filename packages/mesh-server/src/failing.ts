// What keeps the server from taking messages, asked anew each time and cheaply: who asks may be anybody.

import type { MailboxId } from "@restante/mesh";

import type { Disk } from "./disk.ts";
import { freeBytes } from "./store/sqlite/reserve.ts";
import type { SqliteStore } from "./store/sqlite/store.ts";

export type FailingPart = "store" | "disk";

/** No mailbox's: asking for it reads the database, and fails once nothing is written any more. */
const nobodys = { mailboxId: "" as MailboxId, nonce: "", nonceCount: 0, time: new Date(0), expiresAt: new Date(0) };

export async function failingParts(folder: string, store: SqliteStore, disk: Disk): Promise<FailingPart[]> {
  const reads = await store.wasUsed(nobodys).then(
    () => true,
    () => false,
  );
  const free = await freeBytes(folder).catch(() => undefined);
  return [
    ...(reads && store.trouble() === undefined ? [] : ["store" as const]),
    ...(free !== undefined && !disk.isFull() ? [] : ["disk" as const]),
  ];
}
