import type { Directory, Organisation } from "@restante/demographics";
import { CodedError } from "@restante/mesh";
import type { Act } from "../command-line/tree.ts";
import { serveClients } from "../client/serve-clients.ts";
import { type ClientFile, clientPart, withPollEvery } from "../config/client-file.ts";
import { rotationOf } from "../config/client-service-properties.ts";
import { type Opening, remediesIn } from "../config/opening.ts";
import type { Part, PartSettings } from "../config/part.ts";
import { type PracticeChoices, type PracticeFile, practicePart, withChoices } from "../config/practice-file.ts";
import { printedConfig } from "../config/print-config.ts";
import { readGivenText } from "../config/given-text.ts";
import { readPart, readPartText } from "../config/read-part.ts";
import { type ServerFile, serverPart } from "../config/server-file.ts";
import { openPages, startPractice } from "../config/start-practice.ts";
import { startServer, withStrictTls } from "../config/start-server.ts";
import { type Economy, openEconomy, organisationOf, serverUrl } from "../economy/economy.ts";
import type { TellOfKept } from "../economy/made-file.ts";
import {
  clientSettings,
  openingIn,
  practiceSettings,
  serverSettings,
  worksByFolders,
} from "../economy/part-settings.ts";
import { tellOfFolder, tellOfKept } from "../economy/tell-of-folder.ts";
import { CliError } from "../errors.ts";
import { createEvents } from "../events.ts";
import { type Log, type LogOptions, openLog } from "../log.ts";
import { readCfgPart } from "../meshclient-cfg/read-cfg.ts";
import { followSteps } from "../terminal/narrate.ts";
import { openStopFile } from "../terminal/stop-file.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { version } from "../version.ts";
import { controlDoor, refuseControl, refuseWithoutControl } from "./control-door.ts";
import type { ControlValues } from "./development-values.ts";
import { refusePortOfEconomy } from "./economy-ports.ts";
import { readEconomyValues, type StartValues } from "./economy-values.ts";

// `restante up` runs every part in one process. These run one part each, so that each can have a process of its own: on a
// data folder, beside the others or without them, or from a file of settings that somebody wrote.

interface PartValues extends StartValues {
  readonly config: string | undefined;
  /** Settings in the words of the Java client. */
  readonly meshclientCfg?: string | undefined;
  readonly printConfig: boolean;
  readonly organisation?: string | undefined;
}

export interface ServerValues extends PartValues, ControlValues {
  readonly strictTls: boolean;
  readonly acceptClock: boolean;
}

export const server: Act<ServerValues> = ({ options }, terminal) => {
  if (options.config !== undefined) {
    refuseControl(options, "it is of development, and --config is of production: name a data folder with --data");
  }
  refuseWithoutControl(options);
  const override = options.strictTls ? { override: withStrictTls } : {};
  return runPart<ServerFile>(options, terminal, {
    part: serverPart,
    ofFile: (path) => readPart(serverPart, path, override),
    ofEconomy: async (economy, asked) => {
      refusePortOfEconomy(options, economy);
      return serverSettings(economy, { ...override, ...asked });
    },
    async start(settings, opening, { whose }) {
      const { config, acceptClock } = options;
      const { url, control } = await startServer(settings, opening, {
        acceptClock,
        ...(config === undefined && { door: (dataFolder: string) => controlDoor(options, dataFolder) }),
      });
      terminal.print(`MESH server of ${whose} at ${url}`);
      if (control !== undefined) terminal.print(`Control of it at ${control}`);
    },
  });
};

interface ClientValues extends PartValues {
  readonly pollEvery: number | undefined;
  readonly takeOver: boolean;
}

type WhichClient = Pick<PartValues, "organisation" | "meshclientCfg">;

function settingsOfClient(
  { organisation, meshclientCfg }: WhichClient,
  terminal: Pick<Terminal, "print">,
  override: ReturnType<typeof withPollEvery> = {},
  part: Part<ClientFile> = clientPart,
): Pick<Run<ClientFile>, "accept" | "ofFile" | "ofEconomy"> {
  return {
    accept: (directory) => void withFolders(organisationOf(directory, organisation)),
    ofFile: (path) =>
      meshclientCfg === undefined ? readClient(part, path, override) : readCfgPart(path, terminal, override),
    ofEconomy: async (economy, asked) =>
      clientSettings(economy, organisationOf(economy.directory, organisation), serverUrl(economy), {
        ...override,
        ...asked,
      }),
  };
}

function readClient(
  part: Part<ClientFile>,
  name: string,
  override: ReturnType<typeof withPollEvery>,
): PartSettings<ClientFile> {
  const text = readGivenText(name);
  if (/^\s*<[?!A-Za-z]/.test(text)) {
    throw new CliError(
      "usage",
      `${name} is XML, and --config names a client.yaml: --meshclient-cfg names a meshclient.cfg`,
    );
  }
  return readPartText(part, { name, text }, override);
}

/** Who looks signs in nowhere: a password that only the service is given, in its environment, need not be there. */
const lookedAt: Part<ClientFile> = { ...clientPart, secrets: clientPart.secrets.filter((at) => at.includes("/tls/")) };

/** What a client is started with, for a command that looks at its folders and starts none. */
export async function lookAtClient(
  values: WhichClient & Pick<PartValues, "config" | "data">,
  terminal: Terminal,
): Promise<PartSettings<ClientFile>> {
  const remembered = { portBase: undefined, patients: undefined, organisations: undefined };
  const looking = { ...values, ...remembered, printConfig: true, newAuthority: false };
  // What of a meshclient.cfg is not taken was told when its client was started: a program may read what is printed here.
  const quiet = { print: () => undefined };
  const { settings } = await orSayWhatToName(values, async () =>
    settingsOf(looking, terminal, settingsOfClient(looking, quiet, {}, lookedAt)),
  );
  return settings;
}

export const client: Act<ClientValues> = ({ options }, terminal) =>
  orSayWhatToName(options, async () =>
    runPart<ClientFile>(options, terminal, {
      part: clientPart,
      ...settingsOfClient(options, terminal, withPollEvery(options.pollEvery)),
      logOptions: (file) => ({ level: file.logLevel, rotation: rotationOf(file) }),
      async start(settings, opening, { log, reread }) {
        const { takeOver } = options;
        await serveClients(settings, opening, { log, reread, terminal, environment: process.env, takeOver });
      },
    }),
  );

/** Whoever names neither settings nor a data folder is likely to have the first, and may know of no other. */
async function orSayWhatToName<Result>(
  { config, meshclientCfg, data, organisation }: WhichClient & Pick<PartValues, "config" | "data">,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const isNamed = [config, meshclientCfg, data, organisation].some((value) => value !== undefined);
    const isUnknown = cause instanceof CliError && ["not-set-up", "organisation-unknown"].includes(cause.code);
    if (isNamed || !isUnknown) throw cause;
    throw new CliError(
      "usage",
      `name the client's settings with --config FILE, or a meshclient.cfg with --meshclient-cfg FILE. Of a data folder: ${cause.message}`,
      { cause },
    );
  }
}

type PracticeValues = PartValues & Required<PracticeChoices>;

export const practice: Act<PracticeValues> = ({ options }, terminal) => {
  const override = withChoices(options);
  return runPart<PracticeFile>(options, terminal, {
    part: practicePart,
    accept: (directory) => void organisationOf(directory, options.organisation),
    ofFile: (path) => readPart(practicePart, path, override),
    ofEconomy: async (economy, asked) => {
      const organisation = organisationOf(economy.directory, options.organisation);
      return practiceSettings(economy, organisation, serverUrl(economy), { ...override, ...asked });
    },
    async start(settings, opening) {
      const { name, odsCode } = settings.file.organisation;
      const pages = await openPages(settings, await startPractice(settings, opening), opening);
      terminal.print(
        pages === undefined
          ? `System of ${name} (${odsCode}), without pages`
          : `Worklist of ${name} (${odsCode}) at ${pages}`,
      );
    },
  });
};

function withFolders(organisation: Organisation): Organisation {
  if (organisation.mailboxes.some(worksByFolders)) return organisation;
  throw new CliError("organisation-unknown", `${organisation.odsCode} has no mailbox with folders: it works by API`);
}

interface Asked {
  readonly onlyLook: boolean;
  readonly tell: TellOfKept;
}

interface Run<File extends object> {
  readonly part: Part<File>;
  /** Refuses, by throwing, an organisation that it cannot run for. */
  readonly accept?: (directory: Directory) => void;
  readonly ofFile: (path: string) => PartSettings<File>;
  readonly ofEconomy: (economy: Economy, asked: Asked) => Promise<PartSettings<File>>;
  /** How its log is kept; without an end if absent. */
  readonly logOptions?: (file: File) => LogOptions;
  readonly start: (settings: PartSettings<File>, opening: Opening, started: Started<File>) => Promise<void>;
}

interface Started<File> {
  readonly log: Log;
  /** What a person knows it by: its file, or its data folder. */
  readonly whose: string;
  /** Reads its settings again; those of a data folder are made at each start, and not read. */
  readonly reread?: (() => PartSettings<File>) | undefined;
}

async function runPart<File extends object & { log?: string; stopFile?: string; node?: string }>(
  values: PartValues,
  terminal: Terminal,
  run: Run<File>,
): Promise<number> {
  if (values.meshclientCfg !== undefined && values.printConfig) {
    throw new CliError(
      "usage",
      "--print-config has no place for the secrets of --meshclient-cfg: restante client import makes a client.yaml of it",
    );
  }
  const { settings, whose, reread, opening, lost } = await settingsOf(values, terminal, run);
  if (values.printConfig) {
    terminal.print(printedConfig(run.part, settings).trimEnd());
    return 0;
  }
  const events = createEvents();
  using log = openLog(settings.file.log!, run.logOptions?.(settings.file));
  events.follow((event) => log.record(event));
  followSteps(events, terminal);
  const { stopFile, node } = settings.file;
  const whichNode = node === undefined ? {} : { node };
  events.emit({ event: "process-started", part: run.part.name, version: version(), ...whichNode });
  try {
    await using closing = new AsyncDisposableStack();
    const stopped = stopFile === undefined ? terminal.stop : closing.use(await openStopFile(stopFile)).signal;
    const stop = AbortSignal.any([terminal.stop, stopped]);
    await run.start(settings, opening({ emit: events.emit, closing }), { log, whose, reread });
    await stoppedOrLost(stop, lost);
    // Told before it ends: what is in hand may take a while to let go of.
    events.emit({ event: "process-stopping", reason: `it was stopped by ${String(stop.reason)}`, ...whichNode });
    // Whoever finds it gone sees who ended it: nobody was at the terminal.
    if (stopped !== terminal.stop && stopped.aborted) terminal.print(`Stopped by ${String(stopped.reason)}`);
  } catch (error) {
    const reason = error instanceof CodedError ? error.message : "a defect, which its terminal has";
    events.emit({ event: "process-stopping", reason, failed: true, ...whichNode });
    throw error;
  } finally {
    events.emit({ event: "process-stopped" });
  }
  return 0;
}

interface Configured<File> extends Omit<Started<File>, "log"> {
  readonly settings: PartSettings<File>;
  readonly opening: (given: Pick<Opening, "emit" | "closing">) => Opening;
  readonly lost: AbortSignal;
}

async function settingsOf<File extends object>(
  values: PartValues,
  terminal: Terminal,
  { accept, ofFile, ofEconomy }: Omit<Run<File>, "part" | "start">,
): Promise<Configured<File>> {
  const { printConfig } = values;
  const config = values.config ?? values.meshclientCfg;
  if (config !== undefined) {
    refuseBoth(values);
    const lost = new AbortController();
    return {
      settings: ofFile(config),
      whose: config,
      reread: () => ofFile(config),
      opening: (given) => ({ ...given, remedies: remediesIn(config), onLost: (error) => lost.abort(error) }),
      lost: lost.signal,
    };
  }
  // What is only looked at is not made.
  const economy = await openEconomy({ ...readEconomyValues(values), mustExist: printConfig }, accept);
  if (!printConfig) tellOfFolder(economy, terminal);
  return {
    settings: await ofEconomy(economy, { onlyLook: printConfig, tell: tellOfKept(terminal) }),
    whose: economy.folder,
    opening: (given) => openingIn(economy, given),
    lost: economy.lost.signal,
  };
}

/** What is of a data folder is not looked at where a file says everything: whoever gives both means one of them. */
function refuseBoth(values: PartValues): void {
  const { data, portBase, patients, organisations, organisation, newAuthority } = values;
  const option = values.config === undefined ? "--meshclient-cfg" : "--config";
  if (values.meshclientCfg !== undefined && values.config !== undefined) {
    throw new CliError("usage", "--config and --meshclient-cfg both name the settings: leave one of them out");
  }
  const ofEconomy = {
    "--data": data,
    "--port-base": portBase,
    "--patients": patients,
    "--organisations": organisations,
    "--organisation": organisation,
    "--new-authority": newAuthority || undefined,
  };
  const [given] = Object.entries(ofEconomy).find(([, value]) => value !== undefined) ?? [];
  if (given === undefined) return;
  throw new CliError(
    "usage",
    `${given} is of a data folder, and ${option} names a file instead of one: leave one of them out`,
  );
}
