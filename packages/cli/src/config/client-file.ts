import { basename, dirname, resolve } from "node:path";
import {
  distinct,
  idOf,
  list,
  mailboxIdFormat,
  object,
  optional,
  type Rule,
  type Schema,
  text,
  textsAt,
  withRules,
} from "@restante/settings";
import { carryingProperties, type CarryingSettings, ownProperties, type OwnSettings } from "./carrying-properties.ts";
import { serviceProperties, type ServiceSettings } from "./client-service-properties.ts";
import type { Part } from "./part.ts";
import { secret, type SecretSource } from "./secret.ts";
import { clientTls, clientTlsPaths, clientTlsSecrets, type ClientTlsSettings } from "./client-tls.ts";
import { callProperties, type CallSettings } from "./shared-properties.ts";

/** `client.yaml`: the MESH clients of one organisation, all of one server. */
export interface ClientFile extends CallSettings, CarryingSettings, ServiceSettings {
  tls?: ClientTlsSettings;
  mailboxes: ClientMailbox[];
}

export interface ClientMailbox extends OwnSettings {
  mailboxId: string;
  password: SecretSource;
  folder: string;
  tls?: ClientTlsSettings;
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

const ownFolders: ReadonlySet<string> = new Set(["in", "out", "sent", "failed", "temp", ".restante"]);

/** IN holds pairs and reports alone, and nobody looks for a mailbox in what another tidies. */
const noMailboxInAnothers: Rule = (find) => {
  const folders = textsAt(find, ["/mailboxes/*/folder"]).map(({ pointer, value }) => ({
    pointer,
    at: resolve("/", value),
  }));
  const roots = new Map(folders.map(({ at, pointer }) => [at, pointer]));
  return folders.flatMap(({ pointer, at }) => {
    for (let around = at; around !== dirname(around); around = dirname(around)) {
      const other = ownFolders.has(basename(around).toLowerCase()) ? roots.get(dirname(around)) : undefined;
      if (other !== undefined)
        return [{ pointer, words: "must not be within the folders of another mailbox, as of", other }];
    }
    return [];
  });
};

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
            ...ownProperties,
          },
          { description: "A mailbox whose folders are worked." },
        ),
        { description: "The mailboxes, each with a MESH client of its own.", least: 1 },
      ),
      ...carryingProperties,
      ...serviceProperties,
    },
    { description: "The settings of MESH clients: restante client --config FILE." },
  ),
  distinct(["/mailboxes/*/mailboxId"], idOf(mailboxIdFormat)),
  distinct(["/mailboxes/*/folder"], (folder) => resolve("/", folder)),
  noMailboxInAnothers,
  everyMailboxHasTls,
);

/** How often `--poll-every` has every mailbox asked for, if that was given; it goes before what the file says. */
export function withPollEvery(seconds: number | undefined): { override?: (file: ClientFile) => ClientFile } {
  return seconds === undefined ? {} : { override: (file) => ({ ...file, pollIntervalMs: seconds * 1000 }) };
}

export const clientPart: Part<ClientFile> = {
  name: "client",
  schema,
  paths: [...clientTlsPaths("/tls"), ...clientTlsPaths("/mailboxes/*/tls"), "/mailboxes/*/folder", "/log", "/stopFile"],
  secrets: [
    "/sharedKey",
    "/proxy/password",
    "/mailboxes/*/password",
    ...clientTlsSecrets("/tls"),
    ...clientTlsSecrets("/mailboxes/*/tls"),
  ],
  tls: ["/tls", "/mailboxes/*/tls"],
};
