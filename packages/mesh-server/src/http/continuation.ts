import type { MailboxId } from "@restante/mesh";

/** Where a list goes on: opaque to clients, good for this list of this mailbox alone. */
export type ListName = "inbox" | "inbox/rich" | "outbox/rich";

export function writeContinuation(list: ListName, mailboxId: MailboxId, after: number | string): string {
  return Buffer.from(JSON.stringify({ mailbox: mailboxId, ...named(list), after })).toString("base64url");
}

/** Undefined for what this server has not written for this list. */
export function readContinuation(list: ListName, mailboxId: MailboxId, text: string): number | string | undefined {
  try {
    const place = JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
    const { mailbox, after } = place;
    if (mailbox !== mailboxId || place["list"] !== named(list).list) return undefined;
    return typeof after === "string" || (typeof after === "number" && Number.isSafeInteger(after)) ? after : undefined;
  } catch {
    return undefined;
  }
}

/** The inbox has no name in it, as before there were other lists. */
function named(list: ListName): { list?: ListName } {
  return list === "inbox" ? {} : { list };
}
