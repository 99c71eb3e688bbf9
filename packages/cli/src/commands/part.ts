import { join } from "node:path";
import type { Directory, Organisation, OrganisationMailbox } from "@restante/demographics";
import type { Emit } from "@restante/mesh";
import type { Act } from "../command-line/tree.ts";
import { type Economy, openEconomy, organisationOf, serverUrl } from "../economy/economy.ts";
import { openPages, type ServerOptions, startDirectoryClient, startPractice, startServer } from "../economy/parts.ts";
import { tellOfFolder } from "../economy/tell-of-folder.ts";
import { CliError } from "../errors.ts";
import { createEvents } from "../events.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readEconomyValues, type StartValues } from "./economy-values.ts";

// `restante up` runs every part in one process. These run one part each, on the same data folder, so that each can
// have a process of its own: to watch it alone, to stop it alone, to see what the others do without it.

export const server: Act<StartValues & Required<ServerOptions>> = ({ options }, terminal) =>
  runPart("server", options, terminal, {
    async start(economy, emit, closing) {
      const { url } = await startServer(economy, emit, closing, options);
      terminal.print(`MESH server of ${economy.folder} at ${url}`);
    },
  });

interface PartOfOneValues extends StartValues {
  readonly organisation: string | undefined;
}

export const client: Act<PartOfOneValues> = ({ options }, terminal) =>
  runPart("client", options, terminal, {
    accept: (directory) => void foldersOf(organisationOf(directory, options.organisation)),
    async start(economy, emit, closing) {
      for (const mailbox of foldersOf(organisationOf(economy.directory, options.organisation))) {
        await startDirectoryClient(economy, mailbox, serverUrl(economy), emit, closing);
        terminal.print(`MESH client of ${mailbox.mailboxId}, server ${serverUrl(economy)}`);
      }
    },
  });

export const practice: Act<PartOfOneValues> = ({ options }, terminal) =>
  runPart("practice", options, terminal, {
    accept: (directory) => void organisationOf(directory, options.organisation),
    async start(economy, emit, closing) {
      const own = organisationOf(economy.directory, options.organisation);
      const system = await startPractice(economy, own, serverUrl(economy), emit, closing);
      const pages = await openPages(economy, own, system, closing);
      terminal.print(`Worklist of ${own.name} (${own.odsCode}) at ${pages}`);
    },
  });

function foldersOf({ odsCode, mailboxes }: Organisation): OrganisationMailbox[] {
  const found = mailboxes.filter(({ transport }) => transport === "directory");
  if (found.length > 0) return found;
  throw new CliError("organisation-unknown", `${odsCode} has no mailbox with folders: it works by API`);
}

interface Part {
  /** Refuses, by throwing, an organisation that it cannot run for. */
  accept?(directory: Directory): void;
  start(economy: Economy, emit: Emit, closing: AsyncDisposableStack): Promise<void>;
}

async function runPart(name: string, values: StartValues, terminal: Terminal, part: Part): Promise<number> {
  const economy = await openEconomy(readEconomyValues(values), (directory) => part.accept?.(directory));
  tellOfFolder(economy, terminal);
  const events = createEvents();
  using log = openLog(join(economy.folder, `restante-${name}.log`));
  events.follow((event) => log.record(event));
  followSteps(events, terminal);
  await using closing = new AsyncDisposableStack();
  await part.start(economy, events.emit, closing);
  await stoppedOrLost(terminal.stop, economy.lost.signal);
  return 0;
}
