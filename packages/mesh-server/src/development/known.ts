// What a server for development knows unless it is told: the mailboxes, workflows and secrets by which clients of
// mesh-sandbox are set up, so that they need not be changed.

import type { MailboxConfig, WorkflowConfig } from "../config.ts";

export const knownSharedKey = "TestKey";

export const knownMailboxes: readonly MailboxConfig[] = (
  [
    ["X26ABC1", "TESTMB1", "X26", "England"],
    ["X26ABC2", "TESTMB2", "X26", "Wales"],
    ["X26ABC3", "TESTMB3", "X27", "England"],
  ] as const
).map(([mailboxId, name, odsCode, billingEntity]) => ({
  mailboxId,
  name,
  odsCode,
  orgCode: odsCode,
  billingEntity,
  password: "password",
}));

/** Those of the known workflows whose parties are among these mailboxes; the workflows are there in any case. */
export function knownWorkflows(mailboxes: readonly Pick<MailboxConfig, "mailboxId">[]): WorkflowConfig[] {
  const isHere = (id: string): boolean => mailboxes.some(({ mailboxId }) => mailboxId === id);
  return (
    [
      ["TEST_WORKFLOW", ["X26ABC1"], ["X26ABC2"]],
      ["TEST_WORKFLOW_ACK", ["X26ABC2"], ["X26ABC1", "X26ABC3"]],
      ["TEST_WORKFLOW2", ["X26ABC1"], ["X26ABC1", "X26ABC2", "X26ABC3"]],
    ] as const
  ).map(([workflowId, senders, receivers]) => ({
    workflowId,
    senders: senders.filter(isHere),
    receivers: receivers.filter(isHere),
  }));
}
