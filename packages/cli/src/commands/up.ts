import { join, resolve } from "node:path";
import type { Event } from "@restante/mesh";
import { readConsultation } from "@restante/practice";
import { type Command, readWords } from "../command.ts";
import { DEFAULT_DATA } from "../defaults.ts";
import { type Economy, openEconomy } from "../economy/economy.ts";
import { exampleFile } from "../economy/examples.ts";
import { shortest } from "../economy/folder.ts";
import { runSampleJourneys } from "../economy/sample-journeys.ts";
import { tellOfFolder } from "../economy/tell-of-folder.ts";
import { startEconomy, type WholeEconomy } from "../economy/whole.ts";
import { createEvents } from "../events.ts";
import { version } from "../help.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { quoted } from "../terminal/quoted.ts";
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

export const upCommand: Command = {
  help: [
    "Usage: restante up [OPTIONS]",
    "",
    "Brings up a MESH server, the organisations' MESH clients and systems, and a worklist page for each, all on this",
    "machine and on loopback only. The first start sends one message along each journey. Started again, it continues",
    "where it was, also after a crash. Ctrl-C stops it.",
    "",
    "  --no-samples           send nothing by itself",
    serverHelp,
    startHelp,
  ].join("\n"),

  async run(words, terminal) {
    const { values } = readWords("up", words, {
      ...startOptions,
      ...serverOptions,
      "no-samples": { type: "boolean", default: false },
    });
    const economy = await openEconomy(readEconomyOptions(values));
    tellOfFolder(economy, terminal);
    const events = createEvents();
    using log = openLog(join(economy.folder, "restante.log"));
    events.follow((event) => log.record(event));

    await using closing = new AsyncDisposableStack();
    // What happens while it starts is shown after what it is.
    const early: Event[] = [];
    const stopGathering = events.follow((event) => void early.push(event));
    const whole = await startEconomy(economy, events.emit, closing, readServerOptions(values));
    await introduce(economy, whole, terminal);
    stopGathering();
    followSteps(events, terminal, early);
    if (!values["no-samples"]) await runSampleJourneys(whole, terminal);
    if (!terminal.stop.aborted) await suggest(economy, whole, terminal);
    await stoppedOrLost(terminal.stop, economy.lost.signal);
    terminal.print("\nStopping. What was accepted is kept; the next start continues from here.");
    return 0;
  },
};

async function introduce(
  economy: Economy,
  { server, organisations }: WholeEconomy,
  { print, paint }: Terminal,
): Promise<void> {
  print(`${paint.bold("Restante")} ${version()}: GP Connect Messaging on this machine\n`);
  print(`  Data         ${economy.folder}`);
  print(`  Log          ${join(economy.folder, "restante.log")}`);
  print(`  MESH server  ${server.url} (mutual TLS)`);
  print("\n  Worklists");
  for (const { organisation, practice, pages } of organisations) {
    const { openTasks } = await practice.worklist.counts();
    const todo = openTasks === 0 ? "" : `, ${openTasks} to do`;
    print(`    ${paint.blue(pages)}  ${organisation.name} (${organisation.odsCode}, ${organisation.role}${todo})`);
  }
}

async function suggest(economy: Economy, { organisations }: WholeEconomy, terminal: Terminal): Promise<void> {
  const { print, paint } = terminal;
  const data = shortest(economy.folder);
  const option = economy.folder === resolve(DEFAULT_DATA) ? "" : ` --data ${quoted(data)}`;
  const out = organisations
    .flatMap(({ organisation }) => organisation.mailboxes)
    .find((mailbox) => mailbox.transport === "directory");
  // The examples are consultations of organisations that this economy may not have.
  const ours = await isExampleOurs(economy);
  const example = ours ? quoted(shortest(exampleFile("consultation.json"))) : "FILE";
  const hints: [string, string][] = [
    [`send${option} ${example}`, ours ? "another consultation" : "a consultation of one of these organisations"],
  ];
  if (ours) {
    const unroutable = quoted(shortest(exampleFile("unroutable.json")));
    hints.push([`send${option} ${unroutable}`, "a patient without a practice: a report comes back"]);
  }
  if (out !== undefined) {
    const folder = quoted(join(data, "mesh", out.mailboxId, "OUT"));
    hints.push([`pair${option} ${example}`, `a .dat/.ctl pair, to drop by hand into ${folder}`]);
  }
  const width = Math.max(...hints.map(([words]) => words.length));
  print(`\n${paint.bold("Running.")} Open a worklist above, or try in another terminal:\n`);
  for (const [words, what] of hints) print(`  npx restante ${words.padEnd(width)}  ${what}`);
  if (!ours) print("\nWhat such a FILE holds: docs/consultation-json.md");
  print("\nCtrl-C stops it.\n");
}

async function isExampleOurs({ directory }: Economy): Promise<boolean> {
  const { organisation } = await readConsultation(exampleFile("consultation.json"));
  return directory.organisations.some(({ odsCode }) => odsCode === organisation.odsCode);
}
