import { ackWorkflow, isAckWorkflow, type MailboxId } from "@restante/mesh";
import type { Organisation } from "./directory.ts";

/** Which mailboxes may send messages of a workflow, and which receive them. */
export interface WorkflowRule {
  readonly workflowId: string;
  readonly senders: readonly MailboxId[];
  readonly receivers: readonly MailboxId[];
}

/**
 * A rule for each workflow that a mailbox of these organisations sends or receives, and one for its answers. Answers may
 * be listed as well, as MESH registers them: that adds to the rule, and never makes a rule for answers to answers.
 */
export function workflowRules(organisations: readonly Organisation[]): WorkflowRule[] {
  const mailboxes = organisations.flatMap((organisation) => organisation.mailboxes);
  const listed = new Set(mailboxes.flatMap(({ sends, receives }) => [...sends, ...receives]));
  const idsOf = (list: "sends" | "receives", workflowId: string): MailboxId[] =>
    mailboxes.filter((mailbox) => mailbox[list].includes(workflowId)).map(({ mailboxId }) => mailboxId);
  const requests = Array.from(listed).filter((workflowId) => !isAckWorkflow(workflowId));
  const answered = new Set(requests.map(ackWorkflow));
  const answersAlone = Array.from(listed).filter(
    (workflowId) => isAckWorkflow(workflowId) && !answered.has(workflowId),
  );
  return [
    ...requests.flatMap((workflowId) => {
      const [senders, receivers] = [idsOf("sends", workflowId), idsOf("receives", workflowId)];
      const answer = ackWorkflow(workflowId);
      return [
        { workflowId, senders, receivers },
        {
          workflowId: answer,
          senders: union(receivers, idsOf("sends", answer)),
          receivers: union(senders, idsOf("receives", answer)),
        },
      ];
    }),
    ...answersAlone.map((workflowId) => ({
      workflowId,
      senders: idsOf("sends", workflowId),
      receivers: idsOf("receives", workflowId),
    })),
  ];
}

function union(...lists: readonly MailboxId[][]): MailboxId[] {
  return [...new Set(lists.flat())];
}
