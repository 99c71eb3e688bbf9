import { resolve } from "node:path";
import {
  distinct,
  flag,
  idOf,
  list,
  mailboxIdFormat,
  object,
  oneOf,
  optional,
  type PropertiesOf,
  type Rule,
  type Schema,
  text,
  whole,
  withRules,
} from "@restante/settings";
import {
  directoryClientDefaults,
  type DirectoryClientOptions,
  type ReportSettings,
} from "@restante/mesh-client/directory";
import type { Part } from "./part.ts";
import { secret, type SecretSource } from "./secret.ts";
import { callProperties, type CallSettings, clientTls, log, LONGEST_MS, type TlsFiles } from "./shared-properties.ts";

/** `client.yaml`: the MESH clients of one organisation, all of one server. */
export interface ClientFile extends CallSettings, CarryingSettings {
  tls?: TlsFiles;
  mailboxes: ClientMailbox[];
  log?: string;
}

export interface ClientMailbox {
  mailboxId: string;
  password: SecretSource;
  folder: string;
  tls?: TlsFiles;
}

/** What `createDirectoryClient` takes, for each of the mailboxes. */
export type CarryingSettings = {
  [
    Name in keyof Omit<
      DirectoryClientOptions,
      "client" | "folder" | "clock" | "emit" | "onLost" | "missingPairAfterMs" | "reports"
    >
  ]?: Exclude<DirectoryClientOptions[Name], undefined>;
} & {
  missingPairAfterMs?: { data?: number; control?: number };
  reports?: { -readonly [Name in keyof ReportSettings]?: boolean };
};

const by = directoryClientDefaults;

const carryingProperties: PropertiesOf<CarryingSettings> = {
  group: optional({
    json: {
      type: ["string", "integer"],
      minimum: 0,
      description:
        "The group, by name or number, of another user who reads IN and writes OUT: those two are opened to it. Absent: everything is for its owner alone.",
    },
    formats: [],
    rules: [],
  }),
  pollIntervalMs: optional(
    whole({
      description:
        "Milliseconds from the end of a poll to the beginning of the next. MESH asks for 5 minutes at least where nothing is waiting.",
      from: 1,
      to: LONGEST_MS,
      default: by.pollIntervalMs,
    }),
  ),
  settleMs: optional(
    whole({
      description: "Milliseconds for which a file in OUT must be unchanged before it is read.",
      from: 0,
      to: LONGEST_MS,
      default: by.settleMs,
    }),
  ),
  missingPairAfterMs: optional(
    object<NonNullable<CarryingSettings["missingPairAfterMs"]>>(
      {
        data: optional(
          whole({
            description: "Milliseconds for which a .dat waits for its .ctl.",
            from: 0,
            to: Number.MAX_SAFE_INTEGER,
            default: by.missingPairAfterMs.data,
          }),
        ),
        control: optional(
          whole({
            description: "Milliseconds for which a .ctl waits for its .dat.",
            from: 0,
            to: Number.MAX_SAFE_INTEGER,
            default: by.missingPairAfterMs.control,
          }),
        ),
      },
      { description: "How long half a pair waits for the other half before it fails.", default: {} },
    ),
  ),
  answerWaitMs: optional(
    whole({
      description: 'Milliseconds after a send without an answer from which "no such message" is believed.',
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      default: by.answerWaitMs,
    }),
  ),
  attempts: optional(
    whole({
      description: "How many sends without an answer make a failed pair.",
      from: 1,
      to: 1_000_000,
      default: by.attempts,
    }),
  ),
  onAmbiguous: optional(
    oneOf(["hold", "resend"], {
      description:
        "What becomes of a pair of which nobody can tell whether it was sent. hold: it waits for a person. resend: it is sent again, for receivers who know a message that comes twice.",
      default: by.onAmbiguous,
    }),
  ),
  maxRequestBytes: optional(
    whole({
      description: "The most bytes sent in one request, after compression; larger messages go in chunks.",
      from: 1,
      to: 1_000_000_000,
      default: by.maxRequestBytes,
    }),
  ),
  chunkBytes: optional(
    whole({
      description: "Bytes of a larger message, before compression, in each of its chunks.",
      from: 1,
      to: 1_000_000_000,
      default: by.chunkBytes,
    }),
  ),
  commit: optional(
    oneOf(["single", "two-chunk"], {
      description:
        "How a pair is sent that could be in doubt. single: in one request. two-chunk: pairs with AllowChunking=Y go in two chunks at least, so that no doubt can arise whether they were sent; only for recipients who can read chunks.",
      default: by.commit,
    }),
  ),
  maxMessageBytes: optional(
    whole({
      description: "The most bytes that a received message may be decompressed to.",
      from: 1,
      to: Number.MAX_SAFE_INTEGER,
      default: by.maxMessageBytes,
    }),
  ),
  reports: optional(
    object<NonNullable<CarryingSettings["reports"]>>(
      {
        collect: optional(
          flag({ description: "A pair was collected from OUT (COLLECT SUCCESS).", default: by.reports.collect }),
        ),
        transfer: optional(
          flag({ description: "A pair was sent (TRANSFER SUCCESS 00).", default: by.reports.transfer }),
        ),
        delay: optional(
          flag({ description: "A pair still waits to be sent (TRANSFER SUCCESS 05).", default: by.reports.delay }),
        ),
        poll: optional(flag({ description: "A poll succeeded or failed (RECEIVE).", default: by.reports.poll })),
      },
      { description: "Which reports appear in IN besides those of failures.", default: {} },
    ),
  ),
};

/** What of a file is for each of its directory clients. */
export function carryingOf(file: ClientFile): CarryingSettings {
  const own = Object.entries(file).filter(([name]) => Object.hasOwn(carryingProperties, name));
  return Object.fromEntries(own) as CarryingSettings;
}

/** Each mailbox has a certificate: its own, or that of all. */
const everyMailboxHasTls: Rule = (find) =>
  find("/tls").length > 0
    ? []
    : find("/mailboxes/*")
        .filter(({ value }) => typeof value === "object" && value !== null && !("tls" in value))
        .map(({ pointer }) => ({
          pointer: `${pointer}/tls`,
          words: "is missing: it must be here, or at the top for all",
        }));

const schema: Schema<ClientFile> = withRules(
  object<ClientFile>(
    {
      ...callProperties,
      tls: optional(
        clientTls("Mutual TLS, for mailboxes without a certificate of their own. Absent: each has its own."),
      ),
      mailboxes: list(
        object<ClientMailbox>(
          {
            mailboxId: text({ description: "The mailbox's id.", format: mailboxIdFormat }),
            password: secret("The mailbox's password."),
            folder: text({ description: "The mailbox's own folder; IN, OUT, SENT, FAILED and TEMP are made in it." }),
            tls: optional(clientTls("Mutual TLS with a certificate of this mailbox. Absent: that of all.")),
          },
          { description: "A mailbox whose folders are worked." },
        ),
        { description: "The mailboxes, each with a MESH client of its own.", least: 1 },
      ),
      ...carryingProperties,
      log: optional(log("client")),
    },
    { description: "The settings of MESH clients: restante client --config FILE." },
  ),
  distinct(["/mailboxes/*/mailboxId"], idOf(mailboxIdFormat)),
  distinct(["/mailboxes/*/folder"], (folder) => resolve("/", folder)),
  everyMailboxHasTls,
);

export const clientPart: Part<ClientFile> = {
  name: "client",
  schema,
  paths: [
    "/tls/key",
    "/tls/cert",
    "/tls/ca",
    "/mailboxes/*/tls/key",
    "/mailboxes/*/tls/cert",
    "/mailboxes/*/tls/ca",
    "/mailboxes/*/folder",
    "/log",
  ],
  secrets: ["/sharedKey", "/mailboxes/*/password"],
  tls: ["/tls", "/mailboxes/*/tls"],
};
