import { join } from "node:path";
import type { Emit } from "@restante/mesh";
import { type Command, readWords } from "../command.ts";
import { type Economy, openEconomy, organisationOf, serverUrl } from "../economy/economy.ts";
import { openPages, startDirectoryClient, startPractice, startServer } from "../economy/parts.ts";
import { CliError } from "../errors.ts";
import { createEvents } from "../events.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { aborted } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import {
  acceptClockHelp,
  acceptClockOption,
  economyHelp,
  economyOptions,
  readEconomyOptions,
} from "./economy-options.ts";

// `restante up` runs every part in one process. These run one part each, on the same data folder, so that each can
// have a process of its own: to watch it alone, to stop it alone, to see what the others do without it.

export const serverCommand: Command = partCommand({
  name: "server",
  about: "Runs the MESH server of a data folder alone.",
  async start({ economy, acceptClock, emit, closing, terminal }) {
    const server = await startServer(economy, emit, closing, { acceptClock });
    terminal.print(`MESH server of ${economy.folder} at ${server.url}`);
  },
});

export const clientCommand: Command = partCommand({
  name: "client",
  about: "Runs the MESH clients of one organisation alone: they carry its OUT and IN folders.",
  async start({ economy, organisation, emit, closing, terminal }) {
    const mailboxes = organisationOf(economy, organisation).mailboxes.filter(
      ({ transport }) => transport === "directory",
    );
    if (mailboxes.length === 0) {
      throw new CliError("organisation-unknown", `${organisation} has no mailbox with folders: it works by API`);
    }
    for (const mailbox of mailboxes) {
      await startDirectoryClient(economy, mailbox, serverUrl(economy), emit, closing);
      terminal.print(`MESH client of ${mailbox.mailboxId}, server ${serverUrl(economy)}`);
    }
  },
});

export const practiceCommand: Command = partCommand({
  name: "practice",
  about: "Runs one organisation's system and its worklist page alone.",
  async start({ economy, organisation, emit, closing, terminal }) {
    const own = organisationOf(economy, organisation);
    const practice = await startPractice(economy, own, serverUrl(economy), emit, closing);
    const pages = await openPages(economy, own, practice, closing);
    terminal.print(`Worklist of ${own.name} (${own.odsCode}) at ${pages}`);
  },
});

interface Part {
  readonly economy: Economy;
  readonly acceptClock: boolean;
  readonly organisation: string | undefined;
  readonly emit: Emit;
  readonly closing: AsyncDisposableStack;
  readonly terminal: Terminal;
}

function partCommand(part: { name: string; about: string; start(part: Part): Promise<void> }): Command {
  const { name } = part;
  const ofOne = name !== "server";
  return {
    help: [
      `Usage: restante ${name} ${ofOne ? "--organisation CODE " : ""}[OPTIONS]`,
      "",
      `${part.about} Ctrl-C stops it.`,
      "",
      ...(ofOne ? ["  --organisation CODE    the organisation's ODS code"] : [acceptClockHelp]),
      economyHelp,
    ].join("\n"),
    async run(words, terminal) {
      const own = ofOne ? { organisation: { type: "string" as const } } : acceptClockOption;
      const options = { ...economyOptions, ...own };
      const { values } = readWords(name, words, options);
      const economy = await openEconomy(readEconomyOptions(values));
      const events = createEvents();
      using log = openLog(join(economy.folder, `restante-${name}.log`));
      events.follow((event) => log.record(event));
      followSteps(events, terminal);
      await using closing = new AsyncDisposableStack();
      const { organisation, "accept-clock": acceptClock = false } = values as {
        organisation?: string;
        "accept-clock"?: boolean;
      };
      await part.start({ economy, acceptClock, organisation, emit: events.emit, closing, terminal });
      await aborted(terminal.stop);
      return 0;
    },
  };
}
