import { ackWorkflow, type MailboxId } from "@restante/mesh";
import type { Organisation } from "./directory.ts";

/** Which mailboxes may send messages of a workflow, and which receive them. */
export interface WorkflowRule {
  readonly workflowId: string;
  readonly senders: readonly MailboxId[];
  readonly receivers: readonly MailboxId[];
}

/** A rule for each workflow that a mailbox of these organisations sends or receives, and one for its answers. */
export function workflowRules(organisations: readonly Organisation[]): WorkflowRule[] {
  const mailboxes = organisations.flatMap((organisation) => organisation.mailboxes);
  const workflowIds = new Set(mailboxes.flatMap(({ sends, receives }) => [...sends, ...receives]));
  return Array.from(workflowIds).flatMap((workflowId) => {
    const idsOf = (list: "sends" | "receives"): MailboxId[] =>
      mailboxes.filter((mailbox) => mailbox[list].includes(workflowId)).map(({ mailboxId }) => mailboxId);
    const [senders, receivers] = [idsOf("sends"), idsOf("receives")];
    return [
      { workflowId, senders, receivers },
      { workflowId: ackWorkflow(workflowId), senders: receivers, receivers: senders },
    ];
  });
}
