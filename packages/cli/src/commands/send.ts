import { setTimeout as wait } from "node:timers/promises";
import type { Event, OdsCode } from "@restante/mesh";
import { type SentReportDetail, thisComputer } from "@restante/practice";
import type { Given } from "../command-line/tree.ts";
import { openEconomy, organisationOf } from "../economy/economy.ts";
import { isPracticeRunning, openPractice } from "../economy/parts.ts";
import { narrate } from "../terminal/narrate.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readConsultationFile, underNewId } from "./consultation-file.ts";
import { type EconomyValues, readEconomyValues } from "./economy-values.ts";

const LOOK_MS = 100;
/** Storing asks nothing of the MESH server: the running system does that. */
const UNUSED_URL = "https://127.0.0.1";

interface SendValues extends EconomyValues {
  readonly to: OdsCode | undefined;
  readonly keepId: boolean;
  /** In seconds. */
  readonly wait: number;
}

export async function send({ options, words }: Given<SendValues>, terminal: Terminal): Promise<number> {
  const [file = ""] = words;
  const read = await readConsultationFile(file);
  const consultation = options.keepId ? read : underNewId(read, file, "send both with --keep-id");
  const economy = await openEconomy({ ...readEconomyValues(options), mustExist: true });
  const organisation = organisationOf(economy.directory, consultation.organisation.odsCode);

  await using closing = new AsyncDisposableStack();
  const practice = await openPractice(
    economy,
    organisation,
    UNUSED_URL,
    (event) => tellTrouble(event, terminal),
    closing,
  );
  const { headerId } = await practice.sendConsultation(
    consultation,
    options.to === undefined ? {} : { to: { odsCode: options.to } },
  );
  terminal.print(`Stored as message ${headerId} with ${organisation.name} (${organisation.odsCode}).`);
  if (!isPracticeRunning(economy, organisation)) {
    const alone = `restante practice --organisation ${organisation.odsCode}`;
    terminal.print(`Its system is not running: the message goes out when \`restante up\` or \`${alone}\` is started.`);
    return 0;
  }
  return await watch(() => practice.worklist.report(headerId, thisComputer), options.wait, terminal);
}

/** What is told when a system is opened is told to whoever opens it: a journal that is gone, once. */
function tellTrouble(event: Event, { complain, paint }: Terminal): void {
  const step = narrate(event);
  if (step?.tone === "bad") complain(paint.red(`${step.who}: ${step.what}.`));
}

/** Prints each thing that becomes known of a report. 0: acknowledged at both levels, or not watched to the end. */
async function watch(
  look: () => Promise<SentReportDetail | undefined>,
  seconds: number,
  terminal: Terminal,
): Promise<number> {
  const told = new Set<string>();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !terminal.stop.aborted) {
    const report = await look();
    for (const line of report === undefined ? [] : known(report)) {
      if (told.has(line)) continue;
      told.add(line);
      terminal.print(`  ${line}`);
    }
    if (report?.attention !== undefined) {
      terminal.complain(terminal.paint.red(`Needs a person: ${report.attention}`));
      return 1;
    }
    if (report?.infrastructure !== undefined && report.business !== undefined) {
      terminal.print(terminal.paint.green("Delivered and acknowledged."));
      return 0;
    }
    await wait(LOOK_MS);
  }
  if (seconds > 0) terminal.print("Not finished yet: it goes on by itself, see the worklist.");
  return 0;
}

function known(report: SentReportDetail): string[] {
  const lines: string[] = [];
  if (report.handedOverAt !== undefined) lines.push("handed over");
  if (report.messageId !== undefined) lines.push(`accepted by MESH as ${report.messageId}`);
  for (const { code, text } of report.meshReports) lines.push(`MESH report ${code}: ${text}`);
  const { infrastructure, business } = report;
  if (infrastructure !== undefined)
    lines.push(`infrastructure acknowledgement ${infrastructure.code}: ${infrastructure.text}`);
  if (business !== undefined) lines.push(`business acknowledgement ${business.code}: ${business.text}`);
  return lines;
}
