import { defaultRoutedWorkflows } from "@restante/mesh";
import {
  distinct,
  flag,
  idOf,
  list,
  mailboxIdFormat,
  object,
  type ObjectSchema,
  odsCodeFormat,
  oneOf,
  optional,
  type Optional,
  type PropertiesOf,
  type Rule,
  text,
  textsAt,
  whole,
  withRules,
} from "@restante/settings";

import { defaults, type MailboxConfig, type MeshServerConfig, type TlsConfig, type WorkflowConfig } from "./config.ts";

const mailboxProperties: PropertiesOf<MailboxConfig> = {
  mailboxId: text({ description: "The mailbox's id.", format: mailboxIdFormat }),
  name: text({ description: "The mailbox's name, for people." }),
  odsCode: text({ description: "The ODS code of the organisation whose mailbox it is.", format: odsCodeFormat }),
  orgCode: optional(text({ description: "The organisation's code in reports. Absent: odsCode." })),
  orgName: optional(text({ description: "The organisation's name in reports. Absent: name." })),
  billingEntity: optional(text({ description: "Who is billed, as tracking tells it. Absent: nobody." })),
  password: text({ description: "The mailbox's password, a part of each of its tokens." }),
};

/** Of `tls`: the same where the certificates are named by their files. */
export const meshServerStrictTls: Optional<boolean> = optional(
  flag({
    description:
      "True: a client without a trusted certificate is cut off in the handshake. False: it gets 403 and the reason is logged.",
    default: false,
  }),
);

const tls: ObjectSchema<TlsConfig> = object<TlsConfig>(
  {
    key: text({ description: "The server's private key, PEM." }),
    cert: text({ description: "The server's certificate, PEM, with intermediate ones if there are any." }),
    ca: text({ description: "Who issues the clients' certificates, PEM." }),
    strict: meshServerStrictTls,
  },
  { description: "Mutual TLS." },
);

const workflow: ObjectSchema<WorkflowConfig> = object<WorkflowConfig>(
  {
    workflowId: text({ description: "The workflow's id, such as GPFED_CONSULT_REPORT." }),
    senders: list(text({ description: "A mailbox id, or * for every mailbox." }), {
      description: "The mailboxes that may send it.",
    }),
    receivers: list(text({ description: "A mailbox id, or * for every mailbox." }), {
      description: "The mailboxes that may receive it.",
    }),
  },
  {
    description:
      "Who may send and receive messages of a workflow. Answers (_ACK) go the other way unless they have an entry of their own.",
  },
);

/** The properties of a configuration, for a file that has others in the place of some. */
export const meshServerProperties: PropertiesOf<MeshServerConfig> = {
  host: text({
    description: "The address it listens at, such as 127.0.0.1; 0.0.0.0 for every IPv4 address of this machine.",
  }),
  port: whole({ description: "The port it listens at; 0: any free one.", from: 0, to: 65_535 }),
  dataFolder: text({ description: "Where it keeps everything; made if absent. One server at a time." }),
  sharedKey: text({ description: "The secret of the environment, a part of every token (MESH API, Authorization)." }),
  tls,
  mailboxes: list(object<MailboxConfig>(mailboxProperties, { description: "A mailbox." }), {
    description: "Every mailbox there is.",
  }),
  workflows: list(workflow, { description: "Which mailboxes may send and receive what." }),
  routedWorkflows: optional(
    list(text({ description: "A workflow id." }), {
      description: "The workflows that may be addressed to a patient's practice.",
      default: defaultRoutedWorkflows,
    }),
  ),
  match: optional(
    oneOf(["spine", "strict"], {
      description:
        "How much of the patient must match for a message to be routed. spine: NHS number and date of birth; strict: the surname too.",
      default: defaults.match,
    }),
  ),
  smallBodyBytes: optional(
    whole({
      description: "Up to this size, in bytes, a message is kept in the database, else in a file.",
      from: 0,
      to: 1_048_576,
      default: defaults.smallBodyBytes,
    }),
  ),
  maxRequestBytes: optional(
    whole({
      description: "The most bytes of one request, which is one chunk of a message.",
      from: 1,
      to: 1_000_000_000,
      default: defaults.maxRequestBytes,
    }),
  ),
  collectWithinDays: optional(
    whole({
      description: "Not acknowledged for so many days, a message leaves the inbox and its sender gets report 14.",
      from: 1,
      to: 365,
      default: defaults.collectWithinDays,
    }),
  ),
  deleteAfterDays: optional(
    whole({
      description: "Days from the first request of a message to its deletion; more than collectWithinDays.",
      from: 1,
      to: 3650,
      default: defaults.deleteAfterDays,
    }),
  ),
  uploadWithinHours: optional(
    whole({
      description: "An upload in chunks that is not complete after so many hours is abandoned.",
      from: 1,
      to: 720,
      default: defaults.uploadWithinHours,
    }),
  ),
  routeWithinHours: optional(
    whole({
      description:
        "Hours for which a message waits for demographics that do not answer, or for room in a mailbox that is full; then its sender gets report 14.",
      from: 1,
      to: 720,
      default: defaults.routeWithinHours,
    }),
  ),
  nonDeliveryReports: optional(
    oneOf(["mesh-api", "sandbox"], {
      description:
        "How report 14 is worded. mesh-api: the message's subject, by which senders know it. sandbox: NDR: before it, as mesh-sandbox does.",
      default: defaults.nonDeliveryReports,
    }),
  ),
  untrustedPerAddress: optional(
    whole({
      description:
        "How many connections from one address (IPv6: one /64) may be open without a trusted client certificate; beyond, the oldest is cut.",
      from: 1,
      to: 100_000,
      default: defaults.untrustedPerAddress,
    }),
  ),
  maxRequestsPerSecond: optional(
    whole({
      description: "The most requests a second of each mailbox; beyond, they are refused (429). Absent: any number.",
      from: 1,
      to: 1_000_000,
    }),
  ),
  maxWaitingMessages: optional(
    whole({
      description:
        "While so many messages wait in a mailbox, no other is taken for it (503); reports always are. Absent: any number.",
      from: 1,
      to: 1_000_000_000,
    }),
  ),
  maxWaitingBytes: optional(
    whole({
      description:
        "While messages with so many bytes wait in a mailbox, no other is taken for it (503); reports always are. Absent: any number.",
      from: 1,
      to: 1_000_000_000_000_000,
    }),
  ),
  tickMs: optional(
    whole({
      description: "Milliseconds between two looks for what is overdue.",
      from: 1,
      to: 60_000,
      default: defaults.tickMs,
    }),
  ),
  reserveBytes: optional(
    whole({
      description: "Bytes of the disk kept for acknowledging and deleting when it is full.",
      from: 65_536,
      to: 1_000_000_000,
      default: defaults.reserveBytes,
    }),
  ),
  acceptClock: optional(
    flag({
      description:
        "The machine's clock is right, whatever was found at a start before: what is overdue by it expires at once. Of one start only: set it, start, take it away.",
      default: false,
    }),
  ),
};

const id = idOf(mailboxIdFormat);

/** Whoever sends or receives is a mailbox that there is. */
const partiesExist: Rule = (find) => {
  const known = new Set(textsAt(find, ["/mailboxes/*/mailboxId"]).flatMap(({ value }) => id(value) ?? []));
  return textsAt(find, ["/workflows/*/senders/*", "/workflows/*/receivers/*"])
    .filter(({ value }) => value.trim() !== "*" && value.trim() !== "" && !known.has(id(value) ?? ""))
    .map(({ pointer }) => ({ pointer, words: "is the id of no mailbox here" }));
};

/** Deleted before it is reported, a message would be gone without a word. */
const reportedBeforeDeleted: Rule = (find) => {
  const [collect = defaults.collectWithinDays] = find("/collectWithinDays").map(
    ({ value }) => value ?? defaults.collectWithinDays,
  );
  const [kept = defaults.deleteAfterDays] = find("/deleteAfterDays").map(
    ({ value }) => value ?? defaults.deleteAfterDays,
  );
  if (typeof collect !== "number" || typeof kept !== "number" || kept > collect) return [];
  return [{ pointer: "/deleteAfterDays", words: "must be more than collectWithinDays" }];
};

/** What holds between the parts of a configuration, in a file or out of it. */
export const meshServerRules: readonly Rule[] = [
  distinct(["/mailboxes/*/mailboxId"], id),
  distinct(["/workflows/*/workflowId"], (workflowId) => (workflowId.trim() === "" ? undefined : workflowId)),
  partiesExist,
  reportedBeforeDeleted,
];

export const meshServerSchema: ObjectSchema<MeshServerConfig> = withRules(
  object<MeshServerConfig>(meshServerProperties, { description: "Everything a MESH server is told at its start." }),
  ...meshServerRules,
);

export const meshServerMailboxProperties: PropertiesOf<MailboxConfig> = mailboxProperties;
