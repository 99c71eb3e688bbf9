import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { parseOdsCode } from "@restante/mesh";
import { type SentReportDetail, thisComputer } from "@restante/practice";
import { type Command, readWords } from "../command.ts";
import { openEconomy, organisationOf } from "../economy/economy.ts";
import { isPracticeRunning, openPractice } from "../economy/parts.ts";
import { CliError } from "../errors.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { readConsultationFile } from "./consultation-file.ts";
import { economyHelp, economyOptions, readEconomyOptions } from "./economy-options.ts";

const DEFAULT_WAIT_SECONDS = 60;
const LOOK_MS = 100;
/** Storing asks nothing of the MESH server: the running system does that. */
const UNUSED_URL = "https://127.0.0.1";

export const sendCommand: Command = {
  help: [
    "Usage: restante send FILE [OPTIONS]",
    "",
    "Builds the PDF report and the ITK3 message of a consultation and stores them with the organisation that the file",
    "names; its running system (`restante up`) sends them within a second. Then shows how it goes until both",
    "acknowledgements are back. Each call sends a new consultation, under an id of its own. See docs/consultation-json.md.",
    "",
    "  --to CODE              the organisation to send to, found by address lookup; else the provider that the file",
    "                         names, else the patient's registered practice",
    "  --keep-id              send under the id and version in the file: the same id and version are sent once only",
    `  --wait SECONDS         how long to watch (default ${DEFAULT_WAIT_SECONDS}; 0: store and return)`,
    economyHelp,
  ].join("\n"),

  async run(words, terminal) {
    const { values, positionals } = readWords(
      "send",
      words,
      {
        ...economyOptions,
        to: { type: "string" },
        "keep-id": { type: "boolean", default: false },
        wait: { type: "string", default: String(DEFAULT_WAIT_SECONDS) },
      },
      { min: 1, max: 1, name: "FILE" },
    );
    const seconds = Number(values.wait);
    if (!/^\d+$/.test(values.wait)) throw new CliError("usage", `--wait is a number of seconds, not '${values.wait}'`);
    const consultation = await readConsultationFile(positionals[0]!);
    const economy = await openEconomy({ ...readEconomyOptions(values), mustExist: true });
    const organisation = organisationOf(economy.directory, consultation.organisation.odsCode);

    await using closing = new AsyncDisposableStack();
    const practice = await openPractice(economy, organisation, UNUSED_URL, () => {}, closing);
    const { headerId } = await practice.sendConsultation(
      values["keep-id"] ? consultation : { ...consultation, id: randomUUID() },
      values.to === undefined ? {} : { to: { odsCode: parseOdsCode(values.to) } },
    );
    terminal.print(`Stored as message ${headerId} with ${organisation.name} (${organisation.odsCode}).`);
    if (!isPracticeRunning(economy, organisation)) {
      terminal.print("Its system is not running: the message goes out when `restante up` is started.");
      return 0;
    }
    return await watch(() => practice.worklist.report(headerId, thisComputer), seconds, terminal);
  },
};

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
