import type { Directory, Organisation } from "@restante/demographics";
import type { Strictness } from "@restante/itk3";
import { watchCertificates } from "../client/certificate-watch.ts";
import { certificatesOf } from "../client/certificates.ts";
import type { Act } from "../command-line/tree.ts";
import { type ClientFile, clientPart } from "../config/client-file.ts";
import { type Opening, remediesIn } from "../config/opening.ts";
import type { Part, PartSettings } from "../config/part.ts";
import { type PracticeFile, practicePart, withStrictness } from "../config/practice-file.ts";
import { printedConfig } from "../config/print-config.ts";
import { readPart } from "../config/read-part.ts";
import { type ServerFile, serverPart } from "../config/server-file.ts";
import { startClients } from "../config/start-client.ts";
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
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { controlDoor, refuseControl, refuseWithoutControl } from "./control-door.ts";
import type { ControlValues } from "./development-values.ts";
import { refusePortOfEconomy } from "./economy-ports.ts";
import { readEconomyValues, type StartValues } from "./economy-values.ts";

// `restante up` runs every part in one process. These run one part each, so that each can have a process of its own: on a
// data folder, beside the others or without them, or from a file of settings that somebody wrote.

interface PartValues extends StartValues {
  readonly config: string | undefined;
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
    async start(settings, opening, whose) {
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

export const client: Act<PartValues> = ({ options }, terminal) =>
  runPart<ClientFile>(options, terminal, {
    part: clientPart,
    accept: (directory) => void withFolders(organisationOf(directory, options.organisation)),
    ofFile: (path) => readPart(clientPart, path),
    ofEconomy: async (economy, asked) =>
      clientSettings(economy, organisationOf(economy.directory, options.organisation), serverUrl(economy), asked),
    async start(settings, opening) {
      // A data folder's are made anew at its starts, before they end.
      if (options.config !== undefined) {
        opening.closing.use(watchCertificates(opening)).watch(certificatesOf(settings));
      }
      await startClients(settings, opening);
      const { mailboxes, url } = settings.file;
      for (const { mailboxId } of mailboxes) terminal.print(`MESH client of ${mailboxId}, server ${url}`);
    },
  });

interface PracticeValues extends PartValues {
  readonly strictness: Strictness | undefined;
}

export const practice: Act<PracticeValues> = ({ options }, terminal) => {
  const override = withStrictness(options.strictness);
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
  readonly start: (settings: PartSettings<File>, opening: Opening, whose: string) => Promise<void>;
}

async function runPart<File extends object & { log?: string }>(
  values: PartValues,
  terminal: Terminal,
  run: Run<File>,
): Promise<number> {
  const { settings, whose, opening, lost } = await settingsOf(values, terminal, run);
  if (values.printConfig) {
    terminal.print(printedConfig(run.part, settings).trimEnd());
    return 0;
  }
  const events = createEvents();
  using log = openLog(settings.file.log!);
  events.follow((event) => log.record(event));
  followSteps(events, terminal);
  await using closing = new AsyncDisposableStack();
  await run.start(settings, opening({ emit: events.emit, closing }), whose);
  await stoppedOrLost(terminal.stop, lost);
  return 0;
}

interface Configured<File> {
  readonly settings: PartSettings<File>;
  /** What a person knows it by: its file, or its data folder. */
  readonly whose: string;
  readonly opening: (given: Pick<Opening, "emit" | "closing">) => Opening;
  readonly lost: AbortSignal;
}

async function settingsOf<File extends object>(
  values: PartValues,
  terminal: Terminal,
  { accept, ofFile, ofEconomy }: Run<File>,
): Promise<Configured<File>> {
  const { config, printConfig } = values;
  if (config !== undefined) {
    refuseBoth(values);
    const lost = new AbortController();
    return {
      settings: ofFile(config),
      whose: config,
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
function refuseBoth({ data, portBase, patients, organisations, organisation, newAuthority }: PartValues): void {
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
    `${given} is of a data folder, and --config names a file instead of one: leave one of them out`,
  );
}
