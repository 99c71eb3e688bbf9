import type { ControlMailboxes, MailboxSummary } from "@restante/control";

import type { Context } from "../context.ts";
import type { Operator } from "../operator.ts";
import type { Mailbox } from "../registry.ts";
import type { Closure } from "../store/store.ts";
import { knownMailbox } from "./known-mailbox.ts";

export function createMailboxes(
  { registry, store }: Pick<Context, "registry" | "store">,
  operator: Operator,
): ControlMailboxes {
  async function summaryOf({ mailboxId, name, odsCode }: Mailbox, closure?: Closure): Promise<MailboxSummary> {
    const waiting = await store.waitingIn(mailboxId);
    return {
      mailbox: mailboxId,
      name,
      odsCode,
      waiting,
      ...(closure !== undefined && { closed: { at: closure.closedAt.toISOString(), reason: closure.reason } }),
    };
  }

  return {
    async list() {
      const closures = new Map((await store.listClosures()).map((closure) => [closure.mailboxId, closure]));
      const mailboxes: MailboxSummary[] = [];
      for (const mailbox of registry.all()) mailboxes.push(await summaryOf(mailbox, closures.get(mailbox.mailboxId)));
      return { mailboxes };
    },
    async close({ mailbox, reason }) {
      const found = knownMailbox(registry, mailbox);
      return summaryOf(found, await operator.closeMailbox(found.mailboxId, reason));
    },
    async open({ mailbox }) {
      const found = knownMailbox(registry, mailbox);
      await operator.openMailbox(found.mailboxId);
      return summaryOf(found);
    },
  };
}
