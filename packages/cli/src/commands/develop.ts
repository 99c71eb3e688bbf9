import { join } from "node:path";
import { embeddedDemographics } from "@restante/demographics";
import {
  createDevelopmentServer,
  type DevelopmentServer,
  type DevelopmentServerConfig,
  knownSharedKey,
  mark,
} from "@restante/mesh-server/development";
import type { Act } from "../command-line/tree.ts";
import { hold, listenAt, type Opening } from "../config/opening.ts";
import { DEFAULT_PORT_BASE } from "../defaults.ts";
import type { DevelopmentCertificates } from "../development/certificates.ts";
import { AUTHORITY_FOLDER, type DevelopmentFolder, LOG_FILE, openDevelopmentFolder } from "../development/folder.ts";
import { introduce } from "../development/introduce.ts";
import { type Registered, readSandboxFiles } from "../development/sandbox-files.ts";
import { SERVER_FOLDER } from "../economy/folder.ts";
import { createEvents } from "../events.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import { access, type AskedPort, controlDoor, refuseOnePortForTwo } from "./control-door.ts";
import type { DevelopmentValues } from "./development-values.ts";

// `restante server --dev`: a MESH server that needs no settings, in the place of mesh-sandbox.

export interface DevelopValues extends DevelopmentValues {
  readonly data: string | undefined;
  readonly strictTls: boolean;
  readonly acceptClock: boolean;
}

const LOOPBACK = "127.0.0.1";

/** Room to acknowledge with on a full disk: what is for development needs little, and is to be there at once. */
const RESERVE_BYTES = 65_536;

const OTHER_PORT = "choose another with --port, --tls-port or --control (0: any free one)";

export const develop: Act<DevelopValues> = async ({ options }, terminal) => {
  refuseOnePortForTwo(portsOf(options), OTHER_PORT);
  const registered = readSandboxFiles(options);
  using folder = await openDevelopmentFolder(options.data);
  const events = createEvents();
  const lost = new AbortController();
  {
    await using closing = new AsyncDisposableStack();
    const opening: Opening = {
      emit: events.emit,
      closing,
      onLost: (error) => lost.abort(error),
      remedies: {
        portInUse: OTHER_PORT,
        elsewhere: "name one with --host",
        folderInUse: "stop it first, or name another folder with --data",
      },
    };
    const dataFolder = join(folder.path, SERVER_FOLDER);
    hold(dataFolder, { part: "server" }, opening);
    // Before anything else is in it.
    await mark(dataFolder);
    const log = closing.use(openLog(join(folder.path, LOG_FILE)));
    events.follow((event) => log.record(event));
    const certificates = options.tls ? await makeCertificates(folder, options) : undefined;
    const config = configOf(options, folder, registered, certificates);
    const server = closing.use(await start(config, opening));
    introduce({ server, config, folder, certificates, registered }, terminal);
    followSteps(events, terminal);
    await stoppedOrLost(terminal.stop, lost.signal);
  }
  terminal.print(
    folder.isTemporary ? "\nStopped, and the temporary folder is removed." : "\nStopped. What was accepted is kept.",
  );
  return 0;
};

/** What makes them takes as long to load as all else: only who asks for HTTPS waits for it. */
async function makeCertificates(folder: DevelopmentFolder, options: DevelopValues): Promise<DevelopmentCertificates> {
  const { developmentCertificates } = await import("../development/certificates.ts");
  return developmentCertificates(join(folder.path, AUTHORITY_FOLDER), options.allowHost ?? []);
}

function start(config: DevelopmentServerConfig, { emit, remedies }: Opening): Promise<DevelopmentServer> {
  const demographics = embeddedDemographics({ patients: [], organisations: [] });
  return listenAt(config.plain!, "the MESH server", remedies, () =>
    createDevelopmentServer(config, { demographics, emit }),
  );
}

function tlsPortOf({ port = DEFAULT_PORT_BASE, tlsPort = port === 0 ? 0 : port + 1 }: DevelopValues): number {
  return tlsPort;
}

function portsOf(options: DevelopValues): AskedPort[] {
  const { port = DEFAULT_PORT_BASE, tls, control } = options;
  return [
    { port, whose: "the MESH API" },
    ...(tls ? [{ port: tlsPortOf(options), typed: "--tls-port", whose: "HTTPS" }] : []),
    ...(typeof control === "number" ? [{ port: control, typed: "--control", whose: "control" }] : []),
  ];
}

function configOf(
  options: DevelopValues,
  folder: DevelopmentFolder,
  { mailboxes, workflows }: Registered,
  certificates: DevelopmentCertificates | undefined,
): DevelopmentServerConfig {
  const { host = LOOPBACK, port = DEFAULT_PORT_BASE, strictTls, acceptClock } = options;
  const { enforceWorkflows, sharedKey = knownSharedKey, openAdmin } = options;
  const dataFolder = join(folder.path, SERVER_FOLDER);
  return {
    dataFolder,
    sharedKey,
    mailboxes: [...mailboxes],
    workflows: [...workflows],
    enforceWorkflows,
    acceptClock,
    reserveBytes: RESERVE_BYTES,
    plain: { host, port },
    ...(certificates !== undefined && {
      tls: {
        host,
        port: tlsPortOf(options),
        key: certificates.server.key,
        cert: certificates.server.cert,
        ca: certificates.ca,
        strict: strictTls,
        expired: certificates.expired,
      },
    }),
    admin: { ...access(options, dataFolder), open: openAdmin },
    ...controlDoor(options, dataFolder, options.host),
  };
}
