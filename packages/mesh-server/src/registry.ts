import {
  ackWorkflow,
  defaultRoutedWorkflows,
  isAckWorkflow,
  type MailboxId,
  MeshError,
  type OdsCode,
  parseMailboxId,
  parseOdsCode,
} from "@restante/mesh";

import { invalidConfig, type MeshServerConfig } from "./config.ts";

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
  hasOrganisation(odsCode: string): boolean;
  hasWorkflow(workflowId: string): boolean;
  maySend(mailbox: Mailbox, workflowId: string): boolean;
  mayReceive(mailbox: Mailbox, workflowId: string): boolean;
  /** Whether messages of this workflow may be addressed to a patient's practice. */
  mayRoute(workflowId: string): boolean;
  /** The mailboxes of an organisation that take this workflow; of every organisation if none is given. */
  receivers(workflowId: string, odsCode?: string): Mailbox[];
}

interface Parties {
  senders: ReadonlySet<string>;
  receivers: ReadonlySet<string>;
}

/**
 * The rules of the configuration. Where a workflow has no entry for its `_ACK`, whoever receives it may send the
 * acknowledgement and whoever sends it may receive that.
 * @throws {MeshServerError} `config-invalid`
 */
export function createRegistry(config: MeshServerConfig): Registry {
  const problems: string[] = [];
  const mailboxes = readMailboxes(config, problems);
  const workflows = readWorkflows(config, mailboxes, problems);
  if (problems.length > 0) throw invalidConfig(problems);
  const organisations = new Set<string>(Array.from(mailboxes.values(), ({ odsCode }) => odsCode));
  const routed = new Set(config.routedWorkflows ?? defaultRoutedWorkflows);

  function mayReceive(mailbox: Mailbox, workflowId: string): boolean {
    return includes(workflows.get(workflowId)?.receivers, mailbox);
  }

  return {
    find: (mailboxId) => mailboxes.get(mailboxId.trim().toUpperCase()),
    hasOrganisation: (odsCode) => organisations.has(odsCode.trim().toUpperCase()),
    hasWorkflow: (workflowId) => workflows.has(workflowId),
    maySend: (mailbox, workflowId) => includes(workflows.get(workflowId)?.senders, mailbox),
    mayReceive,
    mayRoute: (workflowId) => routed.has(workflowId),
    receivers: (workflowId, odsCode) =>
      [...mailboxes.values()].filter(
        (mailbox) =>
          mayReceive(mailbox, workflowId) &&
          (odsCode === undefined || mailbox.odsCode === odsCode.trim().toUpperCase()),
      ),
  };
}

function includes(parties: ReadonlySet<string> | undefined, mailbox: Mailbox): boolean {
  return parties !== undefined && (parties.has("*") || parties.has(mailbox.mailboxId));
}

function readMailboxes(config: MeshServerConfig, problems: string[]): Map<string, Mailbox> {
  const mailboxes = new Map<string, Mailbox>();
  for (const [index, entry] of config.mailboxes.entries()) {
    try {
      const mailboxId = parseMailboxId(entry.mailboxId);
      const odsCode = parseOdsCode(entry.odsCode);
      if (mailboxes.has(mailboxId)) problems.push(`mailboxes[${index}]: ${mailboxId} is there twice`);
      const { orgCode = odsCode, orgName = entry.name } = entry;
      mailboxes.set(mailboxId, { ...entry, mailboxId, odsCode, orgCode, orgName });
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      problems.push(`mailboxes[${index}]: ${error.message}`);
    }
  }
  return mailboxes;
}

function readWorkflows(
  config: MeshServerConfig,
  mailboxes: ReadonlyMap<string, Mailbox>,
  problems: string[],
): Map<string, Parties> {
  const workflows = new Map<string, Parties>();
  for (const [index, { workflowId, senders, receivers }] of config.workflows.entries()) {
    const at = `workflows[${index}]`;
    if (workflows.has(workflowId)) problems.push(`${at}: ${workflowId} is there twice`);
    const parties = { senders: readParties(senders), receivers: readParties(receivers) };
    for (const party of [...parties.senders, ...parties.receivers]) {
      if (party !== "*" && !mailboxes.has(party)) problems.push(`${at}: there is no mailbox ${party}`);
    }
    workflows.set(workflowId, parties);
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
