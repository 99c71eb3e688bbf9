import { join, relative, resolve } from "node:path";
import type { Event } from "@restante/mesh";
import { type Command, readWords } from "../command.ts";
import { DEFAULT_DATA } from "../defaults.ts";
import { type Economy, openEconomy } from "../economy/economy.ts";
import { runSampleJourneys } from "../economy/sample-journeys.ts";
import { startEconomy, type WholeEconomy } from "../economy/whole.ts";
import { createEvents } from "../events.ts";
import { version } from "../help.ts";
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

export const upCommand: Command = {
  help: [
    "Usage: restante up [OPTIONS]",
    "",
    "Brings up a MESH server, the organisations' MESH clients and systems, and a worklist page for each, all on this",
    "machine and on loopback only. The first start sends one message along each journey. Started again, it continues",
    "where it was, also after a crash. Ctrl-C stops it.",
    "",
    "  --no-samples           send nothing by itself",
    acceptClockHelp,
    economyHelp,
  ].join("\n"),

  async run(words, terminal) {
    const { values } = readWords("up", words, {
      ...economyOptions,
      ...acceptClockOption,
      "no-samples": { type: "boolean", default: false },
    });
    const economy = await openEconomy(readEconomyOptions(values));
    const events = createEvents();
    using log = openLog(join(economy.folder, "restante.log"));
    events.follow((event) => log.record(event));

    await using closing = new AsyncDisposableStack();
    // What happens while it starts is shown after what it is.
    const early: Event[] = [];
    const stopGathering = events.follow((event) => void early.push(event));
    const whole = await startEconomy(economy, events.emit, closing, { acceptClock: values["accept-clock"] });
    introduce(economy, whole, terminal);
    stopGathering();
    followSteps(events, terminal, early);
    if (!values["no-samples"]) await runSampleJourneys(whole, terminal);
    if (!terminal.stop.aborted) suggest(economy, whole, terminal);
    await aborted(terminal.stop);
    terminal.print("\nStopping. What was accepted is kept; the next start continues from here.");
    return 0;
  },
};

function introduce(economy: Economy, { server, organisations }: WholeEconomy, { print, paint }: Terminal): void {
  print(`${paint.bold("Restante")} ${version()}: GP Connect Messaging on this machine\n`);
  print(`  Data         ${economy.folder}`);
  print(`  Log          ${join(economy.folder, "restante.log")}`);
  print(`  MESH server  ${server.url} (mutual TLS)`);
  print("\n  Worklists");
  for (const { organisation, practice, pages } of organisations) {
    const { openTasks } = practice.worklist.counts();
    const todo = openTasks === 0 ? "" : `, ${openTasks} to do`;
    print(`    ${paint.blue(pages)}  ${organisation.name} (${organisation.odsCode}, ${organisation.role}${todo})`);
  }
}

function suggest(economy: Economy, { organisations }: WholeEconomy, { print, paint }: Terminal): void {
  const data = shortest(economy.folder);
  const option = economy.folder === resolve(DEFAULT_DATA) ? "" : ` --data ${data}`;
  const out = organisations
    .flatMap(({ organisation }) => organisation.mailboxes)
    .find((mailbox) => mailbox.transport === "directory");
  print(`\n${paint.bold("Running.")} Open a worklist above, or try in another terminal:\n`);
  print(`  npx restante send${option} examples/consultation.json    another consultation`);
  print(`  npx restante send${option} examples/unroutable.json      a patient without a practice: a report comes back`);
  if (out !== undefined) {
    print(`  npx restante pair${option} examples/consultation.json    a .dat/.ctl pair, to drop into by hand`);
    print(`                                       ${data}/mesh/${out.mailboxId}/OUT`);
  }
  print("\nCtrl-C stops it.\n");
}

/** A path as a person would type it here. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
