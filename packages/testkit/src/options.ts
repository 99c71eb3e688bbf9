import type { Demographics, PatientsFile } from "@restante/demographics";
import type { MailboxConfig, WorkflowConfig } from "@restante/mesh-server";
import { type DevelopmentServerConfig, knownMailboxes, knownWorkflows } from "@restante/mesh-server/development";

/** What a test may say of its server. Nothing of it is needed. */
export interface StartOptions {
  /** On 127.0.0.1. Default 0: any free one, see `url`. */
  readonly port?: number;
  /** True: in a process of its own, which can be killed and started again. Default false: in the test's process. */
  readonly process?: boolean;
  /**
   * True: HTTPS, which asks for a client certificate, as MESH does. The authority and its certificates are made once and kept
   * in `cacheFolder`; see `tls` of the server. Default false: plain HTTP.
   */
  readonly tls?: boolean;
  /** Ids, or all there is to say of each. Default `X26ABC1`, `X26ABC2` and `X26ABC3`, each with the password `password`. */
  readonly mailboxes?: readonly (string | TestMailbox)[];
  /** The secret of the environment, in every token. Default `TestKey`. */
  readonly sharedKey?: string;
  /** Which mailboxes send and receive what. Default `TEST_WORKFLOW`, `TEST_WORKFLOW_ACK` and `TEST_WORKFLOW2`, each to all. */
  readonly workflows?: readonly (string | WorkflowConfig)[];
  /** True: what is not in `workflows` is refused. Default false: any workflow may be sent to anybody. */
  readonly enforceWorkflows?: boolean;
  /**
   * Who is registered where, for messages addressed to `GPPROVIDER_...`; as in a file of patients. Their practices are the
   * mailboxes' ODS codes, and the workflow must be in `workflows`. Default: nobody.
   */
  readonly patients?: PatientsFile["patients"];
  /** In their place, where they are to be asked of something of your own. Not with `process`. */
  readonly demographics?: Demographics;
  /** Made if it is absent, and kept. Default: a temporary folder, gone when the server is closed. */
  readonly dataFolder?: string;
  /** Where certificates and compiled code are kept from run to run. Default `node_modules/.cache/restante-testkit`, else a temporary folder. */
  readonly cacheFolder?: string;
  /** Limits and periods, as the server's settings name them: `{ collectWithinDays: 2, maxRequestsPerSecond: 5 }`. */
  readonly settings?: TestSettings;
}

/** A mailbox of the server. */
export interface TestMailbox {
  readonly mailboxId: string;
  /** Default `password`. */
  readonly password?: string;
  /** Of its organisation, by which a lookup and the routing of patients find it. Default: the first three letters of its id. */
  readonly odsCode?: string;
  /** Default: its id. */
  readonly name?: string;
}

export type TestSettings = Readonly<
  Omit<
    DevelopmentServerConfig,
    | "plain"
    | "tls"
    | "control"
    | "admin"
    | "dataFolder"
    | "sharedKey"
    | "mailboxes"
    | "workflows"
    | "enforceWorkflows"
    | "acceptClock"
  >
>;

/** By the names that clients of mesh-sandbox are set up with. */
const mailboxDefaults = knownMailboxes.map(({ mailboxId }) => mailboxId);
const workflowDefaults = knownWorkflows(knownMailboxes).map(({ workflowId }) => workflowId);

export function mailboxesOf({ mailboxes = mailboxDefaults }: StartOptions): MailboxConfig[] {
  return mailboxes.map((given) => {
    const mailbox: TestMailbox = typeof given === "string" ? { mailboxId: given } : given;
    const { mailboxId } = mailbox;
    return { name: mailboxId, odsCode: mailboxId.slice(0, 3), password: "password", ...mailbox };
  });
}

export function workflowsOf({ workflows = workflowDefaults }: StartOptions): WorkflowConfig[] {
  return workflows.map((given) =>
    typeof given === "string" ? { workflowId: given, senders: ["*"], receivers: ["*"] } : given,
  );
}
