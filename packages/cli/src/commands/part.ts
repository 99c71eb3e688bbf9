import { join } from "node:path";
import type { Directory, Organisation, OrganisationMailbox } from "@restante/demographics";
import type { Emit } from "@restante/mesh";
import { type Command, readWords } from "../command.ts";
import { type Economy, openEconomy, organisationOf, serverUrl } from "../economy/economy.ts";
import { openPages, type ServerOptions, startDirectoryClient, startPractice, startServer } from "../economy/parts.ts";
import { tellOfFolder } from "../economy/tell-of-folder.ts";
import { CliError } from "../errors.ts";
import { createEvents } from "../events.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import {
  readEconomyOptions,
  readServerOptions,
  serverHelp,
  serverOptions,
  startHelp,
  startOptions,
} from "./economy-options.ts";

// `restante up` runs every part in one process. These run one part each, on the same data folder, so that each can
// have a process of its own: to watch it alone, to stop it alone, to see what the others do without it.

export const serverCommand: Command = partCommand({
  name: "server",
  about: "Runs the MESH server of a data folder alone.",
  async start({ economy, server: options, emit, closing, terminal }) {
    const server = await startServer(economy, emit, closing, options);
    terminal.print(`MESH server of ${economy.folder} at ${server.url}`);
  },
});

export const clientCommand: Command = partCommand({
  name: "client",
  about: "Runs the MESH clients of one organisation alone: they carry its OUT and IN folders.",
  accept: (directory, organisation) => void foldersOf(organisationOf(directory, organisation)),
  async start({ economy, organisation, emit, closing, terminal }) {
    for (const mailbox of foldersOf(organisationOf(economy.directory, organisation))) {
      await startDirectoryClient(economy, mailbox, serverUrl(economy), emit, closing);
      terminal.print(`MESH client of ${mailbox.mailboxId}, server ${serverUrl(economy)}`);
    }
  },
});

export const practiceCommand: Command = partCommand({
  name: "practice",
  about: "Runs one organisation's system and its worklist page alone.",
  accept: (directory, organisation) => void organisationOf(directory, organisation),
  async start({ economy, organisation, emit, closing, terminal }) {
    const own = organisationOf(economy.directory, organisation);
    const practice = await startPractice(economy, own, serverUrl(economy), emit, closing);
    const pages = await openPages(economy, own, practice, closing);
    terminal.print(`Worklist of ${own.name} (${own.odsCode}) at ${pages}`);
  },
});

function foldersOf({ odsCode, mailboxes }: Organisation): OrganisationMailbox[] {
  const found = mailboxes.filter(({ transport }) => transport === "directory");
  if (found.length > 0) return found;
  throw new CliError("organisation-unknown", `${odsCode} has no mailbox with folders: it works by API`);
}

interface Part {
  readonly economy: Economy;
  readonly organisation: string | undefined;
  /** Of the server alone. */
  readonly server: ServerOptions;
  readonly emit: Emit;
  readonly closing: AsyncDisposableStack;
  readonly terminal: Terminal;
}

function partCommand(part: {
  name: string;
  about: string;
  /** Refuses, by throwing, an organisation that it cannot run for. */
  accept?(directory: Directory, organisation: string | undefined): void;
  start(part: Part): Promise<void>;
}): Command {
  const { name } = part;
  const ofOne = name !== "server";
  return {
    help: [
      `Usage: restante ${name} ${ofOne ? "--organisation CODE " : ""}[OPTIONS]`,
      "",
      `${part.about} Ctrl-C stops it.`,
      "",
      ofOne ? "  --organisation CODE    the organisation's ODS code" : serverHelp,
      startHelp,
    ].join("\n"),
    async run(words, terminal) {
      const options = ofOne
        ? { ...startOptions, organisation: { type: "string" as const } }
        : { ...startOptions, ...serverOptions };
      const { values } = readWords(name, words, options);
      // What of them there is depends on the part: its options are its own, or the server's.
      const own = values as Parameters<typeof readServerOptions>[0] & { organisation?: string };
      const { organisation } = own;
      const economy = await openEconomy(readEconomyOptions(values), (directory) =>
        part.accept?.(directory, organisation),
      );
      tellOfFolder(economy, terminal);
      const events = createEvents();
      using log = openLog(join(economy.folder, `restante-${name}.log`));
      events.follow((event) => log.record(event));
      followSteps(events, terminal);
      await using closing = new AsyncDisposableStack();
      await part.start({
        economy,
        organisation,
        server: readServerOptions(own),
        emit: events.emit,
        closing,
        terminal,
      });
      await stoppedOrLost(terminal.stop, economy.lost.signal);
      return 0;
    },
  };
}
