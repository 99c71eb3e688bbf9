import { join } from "node:path";
import { type Organisation, type OrganisationMailbox, workflowRules } from "@restante/demographics";
import { isFolderHeld } from "@restante/durable";
import { escapePointer } from "@restante/mesh";
import { type ClientFile, type ClientMailbox, clientPart } from "../config/client-file.ts";
import type { Opening, Remedies } from "../config/opening.ts";
import type { Part, PartSettings } from "../config/part.ts";
import { type PracticeFile, practicePart, type TransportSettings } from "../config/practice-file.ts";
import { readPart, readPartText, type ReadPartOptions } from "../config/read-part.ts";
import { schemaFile } from "../config/schemas.ts";
import type { SecretSource } from "../config/secret.ts";
import { type ServerFile, serverPart } from "../config/server-file.ts";
import type { TlsFiles } from "../config/shared-properties.ts";
import { CliError } from "../errors.ts";
import { clientCommonName, localHosts } from "@restante/authority";
import {
  type Economy,
  HOST,
  IN_USE_REMEDY,
  mailboxFolder,
  practiceFolder,
  serverPort,
  worklistPort,
} from "./economy.ts";
import { SECRETS_FILE, SERVER_FOLDER } from "./folder.ts";
import { keepMade, madeFile, putAside, type TellOfKept } from "./made-file.ts";

// The parts of an economy are configured as any part is: by a file. What they were started with last is in `config/`, each
// file written whole before its part reads it. A part that is at work keeps the file that it was started with: another
// start of it is refused, and whoever only looks writes nothing.

interface Asked<File> extends Pick<ReadPartOptions<File>, "override"> {
  /** Nothing is to be started: no file is written. */
  readonly onlyLook?: boolean;
  /** Of files that a person changed, or of organisations that are gone, which are kept under another name. */
  readonly tell?: TellOfKept;
}

/** How often every part of the economy looks for more, in milliseconds. Elsewhere MESH clients poll every 5 minutes. */
const POLL_MS = 1000;
/** How long a message of which MESH knows nothing may still be on its way: on one machine, not for long. */
const ANSWER_WAIT_MS = 5000;

const SERVER_NAME = "mesh-server";

export async function serverSettings(
  economy: Economy,
  asked: Asked<ServerFile> = {},
): Promise<PartSettings<ServerFile>> {
  const { directory, authority } = economy;
  await authority.issue({ commonName: SERVER_NAME, hosts: localHosts, kind: "server" });
  // So that other clients than ours can begin as soon as the server does.
  for (const organisation of directory.organisations) await issueCertificates(economy, organisation.mailboxes);
  const dataFolder = join(economy.folder, SERVER_FOLDER);
  const file: ServerFile = {
    host: HOST,
    port: serverPort(economy),
    dataFolder,
    sharedKey: sharedKey(economy),
    tls: tlsFiles(economy, `server-${SERVER_NAME}`),
    directory: economy.files,
    mailboxes: directory.organisations.flatMap(({ odsCode, name, mailboxes }) =>
      mailboxes.map(({ mailboxId }) => ({ mailboxId, name, odsCode, password: password(economy, mailboxId) })),
    ),
    workflows: workflowRules(directory.organisations),
    log: logFile(economy, serverPart),
  };
  const isAtWork = (): boolean => isFolderHeld(dataFolder, "server");
  if (asked.onlyLook !== true && !isAtWork()) await putGoneAside(economy, asked.tell ?? (() => undefined));
  return readBack(economy, serverPart, file, { ...asked, name: "server", isAtWork });
}

/** Of the MESH clients that carry the folders of an organisation: one at least. */
export async function clientSettings(
  economy: Economy,
  organisation: Organisation,
  url: string,
  asked: Asked<ClientFile> = {},
): Promise<PartSettings<ClientFile>> {
  const mailboxes = organisation.mailboxes.filter(worksByFolders);
  await issueCertificates(economy, mailboxes);
  const file: ClientFile = {
    url,
    sharedKey: sharedKey(economy),
    mailboxes: mailboxes.map((mailbox): ClientMailbox => ({
      mailboxId: mailbox.mailboxId,
      password: password(economy, mailbox.mailboxId),
      folder: mailboxFolder(economy, mailbox.mailboxId),
      tls: clientTls(economy, mailbox),
    })),
    pollIntervalMs: POLL_MS,
    // The receivers of these messages recognise an ITK3 message that comes twice (20007), so sending again is safe,
    // and nobody need decide about a pair whose answer a crash swallowed.
    onAmbiguous: "resend",
    answerWaitMs: ANSWER_WAIT_MS,
    log: logFile(economy, clientPart),
  };
  const isAtWork = (): boolean => file.mailboxes.some(({ folder }) => isClientAtWork(folder));
  return readBack(economy, clientPart, file, { ...asked, name: `client-${organisation.odsCode}`, isAtWork });
}

export async function practiceSettings(
  economy: Economy,
  organisation: Organisation,
  url: string,
  asked: Asked<PracticeFile> = {},
): Promise<PartSettings<PracticeFile>> {
  const file = await practiceFile(economy, organisation, url);
  const isAtWork = (): boolean => isFolderHeld(file.dataFolder, "practice");
  return readBack(economy, practicePart, file, { ...asked, name: `practice-${organisation.odsCode}`, isAtWork });
}

/** Beside a mailbox's folders its client holds one of its own. */
function isClientAtWork(mailboxFolder: string): boolean {
  return isFolderHeld(join(mailboxFolder, ".restante"), "client");
}

export function worksByFolders({ transport }: OrganisationMailbox): boolean {
  return transport === "directory";
}

/** How a part of an economy is started. */
export function openingIn(economy: Economy, given: Pick<Opening, "emit" | "closing">): Opening {
  return {
    ...given,
    remedies,
    onLost: (error) => economy.lost.abort(error),
  };
}

const remedies: Remedies = {
  portInUse: "choose other ports with --port-base",
  elsewhere: "an economy needs the loopback addresses",
  folderInUse: IN_USE_REMEDY,
};

async function practiceFile(economy: Economy, organisation: Organisation, url: string): Promise<PracticeFile> {
  const { odsCode, name, role, phone, address, email } = organisation;
  await issueCertificates(
    economy,
    organisation.mailboxes.filter((mailbox) => !worksByFolders(mailbox)),
  );
  return {
    organisation: { odsCode, name, role, phone, address, ...(email === undefined ? {} : { email }) },
    dataFolder: practiceFolder(economy, organisation),
    transports: organisation.mailboxes.map((mailbox): TransportSettings => {
      const { mailboxId } = mailbox;
      if (worksByFolders(mailbox)) return { kind: "directory", mailboxId, folder: mailboxFolder(economy, mailboxId) };
      return {
        kind: "api",
        mailboxId,
        password: password(economy, mailboxId),
        tls: clientTls(economy, mailbox),
        url,
        sharedKey: sharedKey(economy),
      };
    }),
    businessResponse: role === "practice" ? { kind: "onMatch" } : { kind: "onDecision", automatic: "30016" },
    directory: economy.files,
    pages: { host: HOST, port: worklistPort(economy, organisation) },
    pollIntervalMs: POLL_MS,
    log: logFile(economy, practicePart),
  };
}

/** Writes a part's file, and reads it as the part would if it were started from it. */
async function readBack<File extends object>(
  economy: Economy,
  part: Part<File>,
  file: File,
  {
    name,
    isAtWork,
    onlyLook = false,
    override,
    tell = () => undefined,
  }: Asked<File> & { readonly name: string; readonly isAtWork: () => boolean },
): Promise<PartSettings<File>> {
  const folder = join(economy.folder, CONFIG_FOLDER);
  const { name: fileName, text } = madeFile(name, file, comment(part));
  const path = join(folder, fileName);
  const options = { ...(override === undefined ? {} : { override }), directory: economy.directory };
  if (onlyLook || isAtWork()) return readPartText(part, { name: path, text }, options);
  await keepMade(folder, fileName, text, tell);
  return readPart(part, path, options);
}

/** Puts the files of organisations that there are no more where nobody takes them for those of a part. */
async function putGoneAside(economy: Economy, tell: TellOfKept): Promise<void> {
  const { organisations } = economy.directory;
  const all = organisations.map(({ odsCode }) => `practice-${odsCode}.yaml`);
  const carried = organisations
    .filter(({ mailboxes }) => mailboxes.some(worksByFolders))
    .map(({ odsCode }) => `client-${odsCode}.yaml`);
  const here = new Set([...all, ...carried]);
  const isGone = (name: string): boolean => /^(client|practice)-[A-Z0-9]+\.yaml$/.test(name) && !here.has(name);
  await putAside(join(economy.folder, CONFIG_FOLDER), isGone, tell);
}

const CONFIG_FOLDER = "config";

function comment({ name }: Pick<Part<unknown>, "name">): string[] {
  return [
    `yaml-language-server: $schema=${schemaFile(name)}`,
    "",
    "Made by restante at each start, from setup.json and the organisations. A change in this folder has no effect:",
    `copy this file to have your own, and start from that: restante ${name} --config FILE`,
  ];
}

function logFile(economy: Economy, { name }: Pick<Part<unknown>, "name">): string {
  return join(economy.folder, `restante-${name}.log`);
}

function sharedKey(economy: Economy): SecretSource {
  return { file: join(economy.folder, SECRETS_FILE), pointer: "/sharedKey" };
}

function password(economy: Economy, mailboxId: string): SecretSource {
  return { file: join(economy.folder, SECRETS_FILE), pointer: `/passwords/${escapePointer(mailboxId)}` };
}

/** Certificates are made where they are first asked for, and are the same ever after. */
async function issueCertificates(economy: Economy, mailboxes: readonly OrganisationMailbox[]): Promise<void> {
  for (const mailbox of mailboxes) {
    await economy.authority.issue({ commonName: commonNameOf(economy, mailbox), kind: "client" });
  }
}

function clientTls(economy: Economy, mailbox: OrganisationMailbox): TlsFiles {
  return tlsFiles(economy, `client-${commonNameOf(economy, mailbox)}`);
}

function commonNameOf({ directory }: Economy, mailbox: OrganisationMailbox): string {
  const organisation = directory.organisations.find(({ mailboxes }) => mailboxes.includes(mailbox));
  if (organisation === undefined) throw new CliError("organisation-unknown", "a mailbox of no organisation here");
  return clientCommonName(mailbox.mailboxId, organisation.odsCode);
}

/** Where the authority keeps what it has issued. */
function tlsFiles({ folder }: Economy, name: string): TlsFiles {
  const at = join(folder, "authority");
  return { key: join(at, `${name}.key`), cert: join(at, `${name}.crt`), ca: join(at, "ca.crt") };
}
