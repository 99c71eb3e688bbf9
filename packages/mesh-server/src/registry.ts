import {
  ackWorkflow,
  defaultRoutedWorkflows,
  isAckWorkflow,
  type MailboxId,
  type OdsCode,
  parseMailboxId,
  parseOdsCode,
} from "@restante/mesh";

import type { MeshServerConfig } from "./config.ts";

type Registered = Pick<MeshServerConfig, "mailboxes" | "workflows" | "routedWorkflows">;

export interface Mailbox {
  mailboxId: MailboxId;
  name: string;
  odsCode: OdsCode;
  orgCode: string;
  orgName: string;
  billingEntity?: string;
  password: string;
}

/** Who there is, and who may send and receive what. */
export interface Registry {
  find(mailboxId: string): Mailbox | undefined;
  /** Every mailbox, as the configuration has them. */
  all(): Mailbox[];
  hasOrganisation(odsCode: string): boolean;
  hasWorkflow(workflowId: string): boolean;
  maySend(mailbox: Mailbox, workflowId: string): boolean;
  mayReceive(mailbox: Mailbox, workflowId: string): boolean;
  /** Whether messages of this workflow may be addressed to a patient's practice. */
  mayRoute(workflowId: string): boolean;
  /** The mailboxes of an organisation that take this workflow; of every organisation if none is given. */
  receivers(workflowId: string, odsCode?: string): Mailbox[];
}

export interface RegistryOptions {
  /** Whoever there is may send and receive any workflow. Whom a lookup finds is as the rules have it. */
  readonly anyWorkflow?: boolean;
}

interface Parties {
  senders: ReadonlySet<string>;
  receivers: ReadonlySet<string>;
}

/**
 * The rules of a configuration that was checked. Where a workflow has no entry for its `_ACK`, whoever receives it may
 * send the acknowledgement and whoever sends it may receive that.
 */
export function createRegistry(config: Registered, { anyWorkflow = false }: RegistryOptions = {}): Registry {
  const mailboxes = readMailboxes(config);
  const workflows = readWorkflows(config);
  const organisations = new Set<string>(Array.from(mailboxes.values(), ({ odsCode }) => odsCode));
  const routed = new Set(config.routedWorkflows ?? defaultRoutedWorkflows);

  function isReceiver(mailbox: Mailbox, workflowId: string): boolean {
    return includes(workflows.get(workflowId)?.receivers, mailbox);
  }

  return {
    find: (mailboxId) => mailboxes.get(mailboxId.trim().toUpperCase()),
    all: () => [...mailboxes.values()],
    hasOrganisation: (odsCode) => organisations.has(odsCode.trim().toUpperCase()),
    hasWorkflow: (workflowId) => anyWorkflow || workflows.has(workflowId),
    maySend: (mailbox, workflowId) => anyWorkflow || includes(workflows.get(workflowId)?.senders, mailbox),
    mayReceive: (mailbox, workflowId) => anyWorkflow || isReceiver(mailbox, workflowId),
    mayRoute: (workflowId) => routed.has(workflowId),
    receivers: (workflowId, odsCode) =>
      [...mailboxes.values()].filter(
        (mailbox) =>
          isReceiver(mailbox, workflowId) &&
          (odsCode === undefined || mailbox.odsCode === odsCode.trim().toUpperCase()),
      ),
  };
}

function includes(parties: ReadonlySet<string> | undefined, mailbox: Mailbox): boolean {
  return parties !== undefined && (parties.has("*") || parties.has(mailbox.mailboxId));
}

function readMailboxes(config: Registered): Map<string, Mailbox> {
  return new Map(
    config.mailboxes.map((entry) => {
      const mailboxId = parseMailboxId(entry.mailboxId);
      const odsCode = parseOdsCode(entry.odsCode);
      const { orgCode = odsCode, orgName = entry.name } = entry;
      return [mailboxId, { ...entry, mailboxId, odsCode, orgCode, orgName }];
    }),
  );
}

function readWorkflows(config: Registered): Map<string, Parties> {
  const workflows = new Map<string, Parties>();
  for (const { workflowId, senders, receivers } of config.workflows) {
    workflows.set(workflowId, { senders: readParties(senders), receivers: readParties(receivers) });
  }
  for (const [workflowId, { senders, receivers }] of new Map(workflows)) {
    const answer = ackWorkflow(workflowId);
    if (!isAckWorkflow(workflowId) && !workflows.has(answer)) {
      workflows.set(answer, { senders: receivers, receivers: senders });
    }
  }
  return workflows;
}

function readParties(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map((word) => word.trim().toUpperCase()));
}
