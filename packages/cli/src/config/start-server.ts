import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, type EmbeddedServerConfig, type MeshServerConfig } from "@restante/mesh-server";
import {
  type ControlDoor,
  createDevelopmentServer,
  type DevelopmentServer,
  isMarked,
  isUnused,
} from "@restante/mesh-server/development";
import { watchCertificates } from "../client/certificate-watch.ts";
import { CliError } from "../errors.ts";
import { hold, listenAt, type Opening } from "./opening.ts";
import type { PartSettings } from "./part.ts";
import type { ServerFile } from "./server-file.ts";

// A server of a data folder is for development if the folder is marked so: it is the same to its clients, and can be
// controlled. `restante up` marks the folder that it makes; asked for control, so does whatever makes it. A server by a file
// of settings is production's, and refuses a marked folder itself.

/** What a start of the server may be told, and is not kept. */
export interface ServerStart {
  /** The clock is right, though it jumped: see `MeshServerConfig.acceptClock`. */
  readonly acceptClock?: boolean;
  /** A folder that is made is marked for development. */
  readonly forDevelopment?: boolean;
  /** Of a data folder: the listener of control, if one is asked for. Absent: the server is production's. */
  readonly door?: (dataFolder: string) => { control?: ControlDoor };
}

export interface StartedServer {
  readonly url: string;
  /** Where its control is, in a person's words, if it listens for it. */
  readonly control?: string;
}

/** `--strict-tls`, whatever the file says. */
export function withStrictTls(file: ServerFile): ServerFile {
  return { ...file, tls: { ...file.tls, strict: true } };
}

export async function startServer(
  settings: PartSettings<ServerFile>,
  opening: Opening,
  { acceptClock = false, forDevelopment = false, door }: ServerStart = {},
): Promise<StartedServer> {
  const { emit, closing, remedies } = opening;
  const config: MeshServerConfig = { ...serverConfig(settings), acceptClock };
  const services = { demographics: embeddedDemographics(settings.directory()), emit };
  const { dataFolder } = config;
  if (dataFolder !== undefined) hold(dataFolder, { part: "server" }, opening);
  const doors = dataFolder === undefined ? {} : (door?.(dataFolder) ?? {});
  if (door !== undefined && dataFolder !== undefined && (await isForDevelopment(dataFolder, forDevelopment, doors))) {
    const embedded = { ...config, dataFolder };
    const server = await listenAt(config, "the MESH server", remedies, () => develop(embedded, doors, services));
    const { tlsUrl, controlUrl, controlSocket } = closing.use(server);
    const control = controlUrl ?? controlSocket;
    return { url: tlsUrl!, ...(control !== undefined && { control }) };
  }
  const server = await listenAt(config, "the MESH server", remedies, () => createMeshServer(config, services));
  // A data folder's are made anew at its starts, before they end.
  if (door === undefined) closing.use(watchCertificates({ emit })).watch([{ ...config.tls, isServers: true }]);
  return closing.use(server);
}

async function isForDevelopment(
  dataFolder: string,
  forDevelopment: boolean,
  { control }: { control?: ControlDoor },
): Promise<boolean> {
  if (await isMarked(dataFolder)) return true;
  if ((await isUnused(dataFolder)) && (forDevelopment || control !== undefined)) return true;
  if (control === undefined) return false;
  throw new CliError(
    "folder-not-ours",
    `${dataFolder} was not made for development, so nothing in it may be controlled: --control needs a new folder, named with --data`,
  );
}

function develop(
  { host, port, tls, ...config }: EmbeddedServerConfig,
  doors: { control?: ControlDoor },
  services: Parameters<typeof createMeshServer>[1],
): Promise<DevelopmentServer> {
  return createDevelopmentServer(
    { ...config, ...doors, tls: { ...tls, host, port }, enforceWorkflows: true },
    services,
  );
}

/** What the server of such settings is told. */
export function serverConfig({ file, text, texts }: PartSettings<ServerFile>): MeshServerConfig {
  const { directory: _, log: __, storePassword: ___, s3, ...own } = file;
  const storePassword = texts.get("/storePassword");
  const { secretAccessKey: ____, ...openS3 } = s3 ?? {};
  const secretAccessKey = texts.get("/s3/secretAccessKey");
  return {
    ...own,
    ...(storePassword !== undefined && { storePassword }),
    ...(s3 !== undefined && { s3: { ...openS3, ...(secretAccessKey !== undefined && { secretAccessKey }) } }),
    sharedKey: text("/sharedKey"),
    tls: { ...file.tls, key: text("/tls/key"), cert: text("/tls/cert"), ca: text("/tls/ca") },
    mailboxes: file.mailboxes.map((mailbox, index) => ({
      ...mailbox,
      password: text(`/mailboxes/${index}/password`),
    })),
  };
}
