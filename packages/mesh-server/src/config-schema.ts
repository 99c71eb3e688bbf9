import { defaultRoutedWorkflows } from "@restante/mesh";
import {
  distinct,
  flag,
  idOf,
  list,
  mailboxIdFormat,
  type Needed,
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

import {
  defaults,
  type MailboxConfig,
  type MeshServerConfig,
  type S3Config,
  type TlsConfig,
  type WorkflowConfig,
} from "./config.ts";
import { httpUrlFormat, postgresUrlFormat, s3UrlFormat } from "./keeping/urls.ts";

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

export const dataFolderText: Needed<string> = text({
  description:
    "Where one machine keeps everything, in SQLite and files; made if it is not there. One server at a time. Absent: it is shared with other nodes, in store.",
});

export const meshServerS3Properties: PropertiesOf<S3Config> = {
  endpoint: optional(
    text({
      description: "Such as https://s3.example:3900; its buckets are parts of the path. Absent: AWS.",
      format: httpUrlFormat,
    }),
  ),
  region: optional(text({ description: "Absent: as AWS's SDK finds it, or us-east-1 with an endpoint." })),
  accessKeyId: optional(
    text({ description: "Absent: as AWS's SDK finds it: environment, profile, role of the machine." }),
  ),
  secretAccessKey: optional(text({ description: "Of accessKeyId, and only with it. Absent: as accessKeyId." })),
};

/** The properties of a configuration, for a file that has others in the place of some. */
export const meshServerProperties: PropertiesOf<MeshServerConfig> = {
  host: text({
    description: "The address it listens at, such as 127.0.0.1; 0.0.0.0 for every IPv4 address of this machine.",
  }),
  port: whole({ description: "The port it listens at; 0: any free one.", from: 0, to: 65_535 }),
  dataFolder: optional(dataFolderText),
  store: optional(
    text({
      description:
        "The PostgreSQL that many nodes share, postgres://USER@HOST:PORT/DATABASE; over a network with ?sslmode=verify-full&sslrootcert=/FILE (absolute). Absent: one machine keeps everything, in dataFolder.",
      format: postgresUrlFormat,
    }),
  ),
  storePassword: optional(text({ description: "The password of the user of store. Absent: it needs none." })),
  storeConnections: optional(
    whole({
      description: "The most connections of this node to store. Absent: 10.",
      from: 4,
      to: 1000,
    }),
  ),
  bodies: optional(
    text({
      description:
        "Where large bodies are, s3://BUCKET/PREFIX: needed with store. Absent: one machine keeps everything, in dataFolder.",
      format: s3UrlFormat,
    }),
  ),
  s3: optional(
    object<S3Config>(meshServerS3Properties, {
      description: "Where the S3-compatible store of bodies is, and who asks. Absent: as AWS's SDK finds it.",
    }),
  ),
  node: optional(
    text({
      description: "What this node is called, in logs and in the store it shares. Absent: the name of its machine.",
    }),
  ),
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
      description: "Up to this size, in bytes, a message is kept in the database, else in a file, or in S3.",
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
  drainSeconds: optional(
    whole({
      description:
        "Seconds for which it goes on serving once it is asked to stop, while /readyz answers 503: so long what chooses among servers takes to notice. Absent: 0 with dataFolder, 10 with store.",
      from: 0,
      to: 600,
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
      description: "Of dataFolder: bytes of the disk kept for acknowledging and deleting when it is full.",
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

/** On one machine or on many: a folder of one node would be read by no other. */
const kept: Rule = (find) => {
  const there = (name: string): boolean => find(`/${name}`).some(({ value }) => value !== undefined);
  const isObject = typeof find("")[0]?.value === "object";
  if (!isObject) return [];
  if (!there("store")) {
    return [
      ...(there("dataFolder")
        ? []
        : [{ pointer: "", words: "must have dataFolder, or, to share a PostgreSQL with other nodes, store" }]),
      ...["storePassword", "bodies", "s3"]
        .filter(there)
        .map((name) => ({ pointer: `/${name}`, words: "is of nodes that share a store: there is no store here" })),
    ];
  }
  return [
    ...(there("dataFolder")
      ? [
          {
            pointer: "/dataFolder",
            words: "cannot be beside store: such a node keeps nothing. Take away one of the two",
          },
        ]
      : []),
    ...(there("bodies")
      ? []
      : [{ pointer: "/store", words: "needs bodies: a folder of this node would be read by no other" }]),
    ...(there("s3/accessKeyId") === there("s3/secretAccessKey")
      ? []
      : [{ pointer: "/s3", words: "must have accessKeyId and secretAccessKey, or neither" }]),
  ];
};

/** What holds between the parts of a configuration, in a file or out of it. */
export const meshServerRules: readonly Rule[] = [
  distinct(["/mailboxes/*/mailboxId"], id),
  distinct(["/workflows/*/workflowId"], (workflowId) => (workflowId.trim() === "" ? undefined : workflowId)),
  partiesExist,
  reportedBeforeDeleted,
  kept,
];

export const meshServerSchema: ObjectSchema<MeshServerConfig> = withRules(
  object<MeshServerConfig>(meshServerProperties, { description: "Everything a MESH server is told at its start." }),
  ...meshServerRules,
);

export const meshServerMailboxProperties: PropertiesOf<MailboxConfig> = mailboxProperties;
