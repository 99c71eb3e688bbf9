import { join } from "node:path";
import { LONGEST_MS } from "../config/shared-properties.ts";
import { takeProxy } from "./proxy-ini.ts";
import { flag, path, secret, type Take, text, whole } from "./taking.ts";

/** What becomes of an element here: it is a setting, something else does what it did, or it says nothing to this client. */
export type Fate = "taken" | "replaced" | "without meaning here";

/**
 * Who says what an element is: `documents` of the NHS, files that are `public` (of configuration, or test code of the
 * NHS), or no document that we have, and it is our `reading` of its name.
 */
export type Source = "documents" | "public" | "reading";

/** An element of meshclient.cfg. This table is what is read, what an import says, and what docs/java-client.md tells. */
export interface CfgElement {
  readonly name: string;
  readonly fate: Fate;
  /** What it is to the Java client. */
  readonly theirs: string;
  readonly source: Source;
  /** What it is here, behind `taken: `, `replaced by ` or `without meaning here: `. */
  readonly here: string;
  readonly isRequired?: true;
  /** What the Java client goes by where the element is absent or empty, as it would be written; it is read likewise. */
  readonly otherwise?: string;
  /** Of one that is taken. */
  readonly take?: Take;
}

const MINUTE_MS = 60_000;

/** What the documents of the NHS call the signal file, and what the log of this client is called beside theirs. */
const SIGNAL_FILE = "mexclient.sig";
const LOG_FILE = "restante-client.log";

/** Below MESHConfig, once for all mailboxes, in the order of the documents. */
export const configElements: readonly CfgElement[] = [
  {
    name: "PrimaryURL",
    fate: "taken",
    theirs: "the address of MESH",
    source: "documents",
    here: "`url`",
    isRequired: true,
    take: (written) => ({ puts: [{ pointer: "/url", value: written.replace(/\/+(messageexchange\/*)?$/i, "") }] }),
  },
  {
    name: "LogPath",
    fate: "taken",
    theirs: "the folder in which it makes its mesh.log files",
    source: "documents",
    here: `\`log\`, as \`${LOG_FILE}\` in that folder: JSON lines, not theirs`,
    take: path("/log", (folder) => join(folder, LOG_FILE)),
  },
  {
    name: "KeyStorePath",
    fate: "taken",
    theirs: "the keystore with its key, its certificate and those that it trusts",
    source: "documents",
    here: "`tls.keystore`: a JKS or PKCS #12 file, told by its first bytes; who issues the server's certificate is among those that it trusts",
    isRequired: true,
    take: path("/tls/keystore"),
  },
  {
    name: "KeyStorePassword",
    fate: "taken",
    theirs: "the keystore's password; with a £ in it the file must be UTF-8",
    source: "documents",
    here: "`tls.keystorePassword`, from a file in UTF-8, UTF-16, windows-1252 or Latin-1",
    isRequired: true,
    take: secret("/tls/keystorePassword"),
  },
  {
    name: "WorkPath",
    fate: "replaced",
    theirs: "a folder for files of its own, such as locks",
    source: "documents",
    here: "`.restante` in the folder of each mailbox: it holds the lock and the journal, and must be kept with the mailbox",
  },
  {
    name: "ProxyPath",
    fate: "taken",
    theirs: "where proxy.ini is; if that file is there, it goes through the proxy that it names",
    source: "documents",
    here: "`proxy`; what is in a proxy.ini is not public: host, port, user and password are read where they can be known, and anything else is refused",
    take: takeProxy,
  },
  {
    name: "SignalPath",
    fate: "taken",
    theirs: `the folder of ${SIGNAL_FILE}; a script that writes 1 into that file stops it`,
    source: "documents",
    here: `\`stopFile\`: 1 in that file stops the client as SIGTERM does, and the file is removed`,
    take: path("/stopFile", (at) => (/\.sig$/i.test(at) ? at : join(at, SIGNAL_FILE))),
  },
  {
    name: "PollPeriod",
    fate: "taken",
    theirs: "minutes from one poll to the next",
    source: "documents",
    here: "`pollIntervalMs`; what is put into OUT does not wait for it",
    otherwise: "30",
    take: whole("/pollIntervalMs", {
      from: 1,
      to: Math.floor(LONGEST_MS / MINUTE_MS),
      as: (minutes) => minutes * MINUTE_MS,
    }),
  },
  {
    name: "ServerRetry",
    fate: "taken",
    theirs: "how often a call that failed is made again; a pair whose retries are used up is failed (06)",
    source: "documents",
    here: "`retries.attempts`, the first time included; a pair that did not reach MESH is not failed for it: it stays in OUT and is sent when it can be",
    otherwise: "3",
    take: whole("/retries/attempts", { from: 0, to: 99, as: (again) => again + 1 }),
  },
  {
    name: "MaxMessages",
    fate: "without meaning here",
    theirs: "how many messages it takes at a poll",
    source: "reading",
    here: "an inbox is emptied at once, however many there are",
    otherwise: "100",
  },
  {
    name: "MaxConnections",
    fate: "taken",
    theirs: "how many connections it has to MESH at once",
    source: "reading",
    here: "`connectionsInAll`: requests of all mailboxes at once",
    otherwise: "4",
    take: whole("/connectionsInAll", { from: 1, to: 10_000 }),
  },
  {
    name: "AutoUpgrade",
    fate: "without meaning here",
    theirs: "whether new versions are fetched and installed by themselves",
    source: "public",
    here: "it never upgrades itself: who installed it does",
  },
  {
    name: "ProcessingDelay",
    fate: "taken",
    theirs: "seconds for which a file in OUT must be unchanged before it is taken",
    source: "public",
    here: "`settleMs`",
    take: whole("/settleMs", { from: 0, to: 86_400, as: (seconds) => seconds * 1000 }),
  },
  {
    name: "AuthenticationKey",
    fate: "taken",
    theirs: "the secret of the environment, a part of every token; older files have none",
    source: "public",
    here: "`sharedKey`; it must be there, as no secret is built in: the NHS gives it to whoever asks for the API",
    isRequired: true,
    take: secret("/sharedKey"),
  },
];

/** Below each Client, for its mailbox. */
export const clientElements: readonly CfgElement[] = [
  {
    name: "ClientIdentity",
    fate: "taken",
    theirs: "the mailbox's id",
    source: "public",
    here: "`mailboxId`",
    isRequired: true,
    take: text("/mailboxId"),
  },
  {
    name: "ClientAuthentication",
    fate: "taken",
    theirs: "the mailbox's password",
    source: "public",
    here: "`password`",
    isRequired: true,
    take: secret("/password"),
  },
  {
    name: "MailboxType",
    fate: "without meaning here",
    theirs: "which service the mailbox is of: MESH in every file that is public",
    source: "reading",
    here: "every mailbox is one of MESH",
  },
  {
    name: "InterfaceRoot",
    fate: "taken",
    theirs: "the mailbox's folder, with IN, OUT, SENT, FAILED and TEMP",
    source: "documents",
    here: "`folder`; the five are found in capitals or small letters, and made where they are absent",
    isRequired: true,
    take: path("/folder"),
  },
  {
    name: "ClientLogLevel",
    fate: "replaced",
    theirs: "how much it writes of this mailbox into its log, as a number",
    source: "reading",
    here: "`logLevel`, for all mailboxes: what their numbers mean is not public",
  },
  {
    name: "CollectReport",
    fate: "taken",
    theirs: "whether a pair that was collected from OUT is reported in IN (COLLECT 00)",
    source: "documents",
    here: "`reports.collect`; the report comes once the pair is sent",
    otherwise: "Y",
    take: flag("/reports/collect"),
  },
  {
    name: "DelayReport",
    fate: "taken",
    theirs: "whether a pair that still waits is reported in IN (TRANSFER 05)",
    source: "documents",
    here: "`reports.delay`",
    otherwise: "N",
    take: flag("/reports/delay"),
  },
  {
    name: "TransferReport",
    fate: "taken",
    theirs: "whether a pair that was sent is reported in IN (TRANSFER 00)",
    source: "documents",
    here: "`reports.transfer`",
    otherwise: "N",
    take: flag("/reports/transfer"),
  },
  {
    name: "PollReport",
    fate: "taken",
    theirs: "whether a poll is reported in IN (RECEIVE 00, 15, 16, 17)",
    source: "documents",
    here: "`reports.poll`",
    otherwise: "N",
    take: flag("/reports/poll"),
  },
  {
    name: "SaveSent",
    fate: "taken",
    theirs: "whether a pair that was sent is kept in SENT",
    source: "reading",
    here: "`keepSent`; N: both files are removed from OUT once the pair is sent",
    otherwise: "Y",
    take: flag("/keepSent"),
  },
];
