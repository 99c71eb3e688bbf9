import { join } from "node:path";
import { type Organisation, type OrganisationMailbox, workflowRules } from "@restante/demographics";
import { createDirectoryClient, createMeshClient, type DirectoryClient, type MeshClient } from "@restante/mesh-client";
import { createMeshServer, type MeshServer } from "@restante/mesh-server";
import { clientCommonName, type IssuedCertificate, localHosts } from "@restante/authority";
import { holdFolder, isFolderHeld } from "@restante/durable";
import { createPractice, type Practice, type Transport, thisComputer } from "@restante/practice";
import { createWorklistPages } from "@restante/worklist";
import type { Emit, OdsCode } from "@restante/mesh";
import { CliError } from "../errors.ts";
import { type Economy, HOST, IN_USE_REMEDY, mailboxFolder, serverPort, worklistPort } from "./economy.ts";
import { SERVER_FOLDER } from "./folder.ts";

/** How often every part of the economy looks for more, in milliseconds. Elsewhere MESH clients poll every 5 minutes. */
const POLL_MS = 1000;
/** How long a message of which MESH knows nothing may still be on its way: on one machine, not for long. */
const ANSWER_WAIT_MS = 5000;

// Each part is given a stack that closes it, so that parts close in the reverse of the order in which they opened. A
// part that owns a folder holds it first: the same part never runs twice on it, in one process or in two.

/** What a start of the server may be told; not remembered. */
export interface ServerOptions {
  /** Cuts untrusted clients off in the handshake: see `TlsConfig.strict`. */
  readonly strictTls?: boolean;
  /** The clock is right, though it jumped: see `MeshServerConfig.acceptClock`. */
  readonly acceptClock?: boolean;
}

export async function startServer(
  economy: Economy,
  emit: Emit,
  closing: AsyncDisposableStack,
  { strictTls = false, acceptClock = false }: ServerOptions = {},
): Promise<MeshServer> {
  const { directory, demographics, secrets, authority } = economy;
  const dataFolder = join(economy.folder, SERVER_FOLDER);
  closing.use(hold(economy, dataFolder, { part: "server" }, emit));
  const certificate = await authority.issue({ commonName: "mesh-server", hosts: localHosts, kind: "server" });
  // So that other clients than ours can begin as soon as the server does.
  for (const mailbox of directory.organisations.flatMap(({ mailboxes }) => mailboxes)) {
    await certificateOf(economy, mailbox);
  }
  const server = await onFreePort(serverPort(economy), "the MESH server", () =>
    createMeshServer(
      {
        host: HOST,
        port: serverPort(economy),
        dataFolder,
        acceptClock,
        sharedKey: secrets.sharedKey,
        tls: { ...certificate, ca: authority.caPem, strict: strictTls },
        mailboxes: directory.organisations.flatMap((organisation) =>
          organisation.mailboxes.map(({ mailboxId }) => ({
            mailboxId,
            name: organisation.name,
            odsCode: organisation.odsCode,
            orgCode: organisation.odsCode,
            orgName: organisation.name,
            password: secrets.passwords[mailboxId]!,
          })),
        ),
        workflows: workflowRules(directory.organisations),
      },
      { demographics, emit },
    ),
  );
  return closing.use(server);
}

/** The client certificate of a mailbox: made where it is first asked for, the same ever after. */
async function certificateOf(economy: Economy, mailbox: OrganisationMailbox): Promise<IssuedCertificate> {
  const { organisations } = economy.directory;
  const organisation = organisations.find((candidate) => candidate.mailboxes.includes(mailbox))!;
  const commonName = clientCommonName(mailbox.mailboxId, organisation.odsCode);
  return economy.authority.issue({ commonName, kind: "client" });
}

/** The MESH API as one mailbox. */
async function openClient(
  economy: Economy,
  url: string,
  mailbox: OrganisationMailbox,
  closing: AsyncDisposableStack,
): Promise<MeshClient> {
  const { authority, secrets } = economy;
  const { mailboxId } = mailbox;
  const certificate = await certificateOf(economy, mailbox);
  return closing.use(
    createMeshClient({
      url,
      mailboxId,
      password: secrets.passwords[mailboxId]!,
      sharedKey: secrets.sharedKey,
      tls: { ...certificate, ca: authority.caPem },
    }),
  );
}

/** The MESH client that carries a mailbox's OUT and IN. */
export async function startDirectoryClient(
  economy: Economy,
  mailbox: OrganisationMailbox,
  url: string,
  emit: Emit,
  closing: AsyncDisposableStack,
): Promise<DirectoryClient> {
  const directoryClient = await createDirectoryClient({
    client: await openClient(economy, url, mailbox, closing),
    folder: mailboxFolder(economy, mailbox.mailboxId),
    pollIntervalMs: POLL_MS,
    // The receivers of these messages recognise an ITK3 message that comes twice (20007), so sending again is safe,
    // and nobody need decide about a pair whose answer a crash swallowed.
    onAmbiguous: "resend",
    answerWaitMs: ANSWER_WAIT_MS,
    emit,
  });
  closing.use(directoryClient).start();
  return directoryClient;
}

/** An organisation's system, for reading and storing; only a process that holds its folder may start it. */
export async function openPractice(
  economy: Economy,
  organisation: Organisation,
  url: string,
  emit: Emit,
  closing: AsyncDisposableStack,
): Promise<Practice> {
  const clients = new Map<string, MeshClient>();
  for (const mailbox of organisation.mailboxes.filter(({ transport }) => transport === "api")) {
    clients.set(mailbox.mailboxId, await openClient(economy, url, mailbox, closing));
  }
  const practice = await createPractice({
    organisation,
    role: organisation.role,
    businessResponse:
      organisation.role === "practice" ? { kind: "onMatch" } : { kind: "onDecision", automatic: "30016" },
    dataFolder: practiceFolder(economy, organisation),
    transports: organisation.mailboxes.map(({ mailboxId }): Transport => {
      const client = clients.get(mailboxId);
      return client === undefined
        ? { kind: "directory", mailboxId, folder: mailboxFolder(economy, mailboxId) }
        : { kind: "api", client };
    }),
    patients: economy.demographics,
    organisations: economy.directory.organisations.map(({ odsCode, name, mailboxes }) => ({
      odsCode,
      name,
      mailboxIds: mailboxes.map(({ mailboxId }) => mailboxId),
    })),
    pollIntervalMs: POLL_MS,
    emit,
  });
  return closing.use(practice);
}

/** The organisation's system at work in this process alone. */
export async function startPractice(
  economy: Economy,
  organisation: Organisation,
  url: string,
  emit: Emit,
  closing: AsyncDisposableStack,
): Promise<Practice> {
  const { odsCode } = organisation;
  closing.use(hold(economy, practiceFolder(economy, organisation), { part: "practice", odsCode }, emit));
  const practice = await openPractice(economy, organisation, url, emit, closing);
  practice.start();
  return practice;
}

/** Whether the organisation's system is at work, in whatever process. */
export function isPracticeRunning(economy: Economy, organisation: Organisation): boolean {
  return isFolderHeld(practiceFolder(economy, organisation), "practice");
}

/** An organisation's worklist, for a browser on this machine. */
export async function openPages(
  economy: Economy,
  organisation: Organisation,
  practice: Practice,
  closing: AsyncDisposableStack,
): Promise<string> {
  const port = worklistPort(economy, organisation);
  const pages = await onFreePort(port, `the worklist of ${organisation.odsCode}`, () =>
    createWorklistPages({ worklist: practice.worklist, organisation, actor: thisComputer, host: HOST, port }),
  );
  return closing.use(pages).url;
}

/** What a part goes on to write where its folder is gone, nobody would find; where another has it, both would write. */
function hold(
  economy: Economy,
  folder: string,
  part: { part: "server" | "practice"; odsCode?: OdsCode },
  emit: Emit,
): Disposable {
  return holdFolder(folder, part.part, {
    remedy: IN_USE_REMEDY,
    onLost(error) {
      emit({ event: "folder-lost", ...part, code: error.code });
      economy.lost.abort(error);
    },
  });
}

function practiceFolder(economy: Economy, organisation: Organisation): string {
  return join(economy.folder, "practices", organisation.odsCode);
}

async function onFreePort<T>(port: number, whose: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    if (!isAddressInUse(cause)) throw cause;
    throw new CliError("port-in-use", `port ${port}, for ${whose}, is in use: choose other ports with --port-base`, {
      cause,
    });
  }
}

function isAddressInUse(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE" || isAddressInUse(error.cause);
}
