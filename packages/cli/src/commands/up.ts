import { join, resolve } from "node:path";
import type { Event } from "@restante/mesh";
import { readConsultation } from "@restante/practice";
import type { Given } from "../command-line/tree.ts";
import type { PracticeChoices } from "../config/practice-file.ts";
import { DEFAULT_DATA } from "../defaults.ts";
import { type Economy, openEconomy } from "../economy/economy.ts";
import { exampleFile } from "../economy/examples.ts";
import { shortest } from "../economy/folder.ts";
import { runSampleJourneys } from "../economy/sample-journeys.ts";
import { tellOfFolder, tellOfKept } from "../economy/tell-of-folder.ts";
import { startEconomy, type WholeEconomy } from "../economy/whole.ts";
import { createEvents } from "../events.ts";
import { openLog } from "../log.ts";
import { followSteps } from "../terminal/narrate.ts";
import { quoted } from "../terminal/quoted.ts";
import { stoppedOrLost } from "../terminal/stop.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { version } from "../version.ts";
import { controlDoor, refuseWithoutControl } from "./control-door.ts";
import type { ControlValues } from "./development-values.ts";
import { refusePortOfEconomy } from "./economy-ports.ts";
import { readEconomyValues, type StartValues } from "./economy-values.ts";

interface UpValues extends StartValues, ControlValues, Required<PracticeChoices> {
  readonly strictTls: boolean;
  readonly acceptClock: boolean;
  readonly noSamples: boolean;
}

export async function up({ options }: Given<UpValues>, terminal: Terminal): Promise<number> {
  refuseWithoutControl(options);
  const economy = await openEconomy(readEconomyValues(options));
  refusePortOfEconomy(options, economy);
  tellOfFolder(economy, terminal);
  const events = createEvents();
  using log = openLog(join(economy.folder, "restante.log"));
  events.follow((event) => log.record(event));

  await using closing = new AsyncDisposableStack();
  // What happens while it starts is shown after what it is.
  const early: Event[] = [];
  const stopGathering = events.follow((event) => void early.push(event));
  const whole = await startEconomy(economy, events.emit, closing, {
    ...options,
    forDevelopment: true,
    door: (dataFolder) => controlDoor(options, dataFolder),
    tell: tellOfKept(terminal),
  });
  await introduce(economy, whole, terminal);
  stopGathering();
  followSteps(events, terminal, early);
  if (!options.noSamples) await runSampleJourneys(whole, terminal);
  if (!terminal.stop.aborted) await suggest(economy, whole, terminal);
  await stoppedOrLost(terminal.stop, economy.lost.signal);
  terminal.print("\nStopping. What was accepted is kept; the next start continues from here.");
  return 0;
}

async function introduce(
  economy: Economy,
  { server, organisations }: WholeEconomy,
  { print, paint }: Terminal,
): Promise<void> {
  print(`${paint.bold("Restante")} ${version()}: GP Connect Messaging on this machine\n`);
  print(`  Data         ${economy.folder}`);
  print(`  Log          ${join(economy.folder, "restante.log")}`);
  print(`  MESH server  ${server.url} (mutual TLS)`);
  if (server.control !== undefined) print(`  Control      ${server.control}`);
  print("\n  Worklists");
  for (const { organisation, practice, pages } of organisations) {
    const { openTasks } = await practice.worklist.counts();
    const todo = openTasks === 0 ? "" : `, ${openTasks} to do`;
    print(`    ${paint.blue(pages)}  ${organisation.name} (${organisation.odsCode}, ${organisation.role}${todo})`);
  }
}

async function suggest(economy: Economy, { server, organisations }: WholeEconomy, terminal: Terminal): Promise<void> {
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
  if (server.control !== undefined) {
    hints.push([`control messages list${option}`, "what the server has; control --help tells what can go wrong"]);
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
