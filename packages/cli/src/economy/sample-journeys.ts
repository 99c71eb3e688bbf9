import { setTimeout as wait } from "node:timers/promises";
import {
  type Consultation,
  type Practice,
  PracticeError,
  readConsultation,
  type SentReport,
  thisComputer,
} from "@restante/practice";
import type { Terminal } from "../terminal/terminal.ts";
import { exampleFile } from "./examples.ts";
import type { WholeEconomy } from "./whole.ts";

/** What the first start sends, in this order. */
const journeys = [
  { title: "Journey 1: by directory, routed by patient", file: "consultation.json" },
  { title: "Journey 2: by API, addressed by lookup", file: "online-consultation.json" },
] as const;

/** After this long a journey is left to go on by itself, in milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;
/** What was delivered a moment ago is among these. */
const newestTasks = 20;

/**
 * Sends the samples that were not sent yet and waits until both acknowledgements of each are back. A sample is one
 * consultation with one id, and a consultation's report is stored once: so a first start that was cut off goes on where
 * it was, and a later start sends nothing.
 */
export async function runSampleJourneys(economy: WholeEconomy, terminal: Terminal): Promise<void> {
  for (const journey of journeys) {
    if (terminal.stop.aborted) return;
    const consultation = await readConsultation(exampleFile(journey.file));
    const sender = economy.organisations.find(
      ({ organisation }) => organisation.odsCode === consultation.organisation.odsCode,
    );
    if (sender === undefined) {
      terminal.print(`\n${journey.title}: not sent, as ${consultation.organisation.odsCode} is not one of yours.`);
      continue;
    }
    const { worklist } = sender.practice;
    const newest = await worklist.reports({ actor: thisComputer, page: { number: 1, size: 1000 } });
    const before = newest.items.find(({ consultationId }) => consultationId === consultation.id);
    if (isSettled(before)) continue;
    const began = performance.now();
    terminal.print(`\n${terminal.paint.bold(journey.title)}\n`);
    const headerId = await sendSample(sender.practice, consultation, terminal);
    if (headerId === undefined) continue;
    let report = await worklist.report(headerId, thisComputer);
    let decision: string | undefined;
    while (!isSettled(report) && !terminal.stop.aborted && performance.now() - began < PATIENCE_MS) {
      await wait(LOOK_MS);
      report = await worklist.report(headerId, thisComputer);
      decision = isDelivered(report) ? await decisionWaiting(economy, headerId) : undefined;
      // However patient nobody decides who is not told to.
      if (decision !== undefined) break;
    }
    if (terminal.stop.aborted) continue;
    const said = decision ?? outcome(report, performance.now() - began, terminal);
    terminal.print(`\n  ${decision === undefined ? said : terminal.paint.yellow(said)}`);
  }
}

/** Where a person is to decide on it, in a sentence; undefined: nobody is. */
async function decisionWaiting({ organisations }: WholeEconomy, headerId: string): Promise<string | undefined> {
  for (const { organisation, practice, pages } of organisations) {
    const { items } = await practice.worklist.tasks({ actor: thisComputer, page: { number: 1, size: newestTasks } });
    for (const { taskId } of items) {
      if ((await practice.worklist.decisions(taskId)).length === 0) continue;
      const task = await practice.worklist.task(taskId, thisComputer);
      if (task?.headerId !== headerId) continue;
      return `Delivered. Its business answer waits for a person at ${organisation.name}: choose one on ${new URL(`/tasks/${taskId}`, pages).href}`;
    }
  }
  return undefined;
}

/** Undefined, and said: with other patients and organisations than the examples' a sample may not make sense. */
async function sendSample(
  practice: Practice,
  consultation: Consultation,
  terminal: Terminal,
): Promise<string | undefined> {
  try {
    return (await practice.sendConsultation(consultation)).headerId;
  } catch (error) {
    if (!(error instanceof PracticeError)) throw error;
    terminal.print(`  ${terminal.paint.yellow(`not sent: ${error.message}`)}`);
    return undefined;
  }
}

/** Its recipient has it, and has not answered yet. */
function isDelivered(report: SentReport | undefined): boolean {
  return report?.infrastructure?.positive === true && report.business === undefined;
}

/** Both acknowledgements are in, or a person has to look. */
function isSettled(report: SentReport | undefined): boolean {
  if (report === undefined) return false;
  return (report.infrastructure !== undefined && report.business !== undefined) || report.attention !== undefined;
}

function outcome(report: SentReport | undefined, tookMs: number, { paint }: Terminal): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  if (report?.attention !== undefined) return paint.red(`Needs a person after ${seconds}: ${report.attention}`);
  if (!isSettled(report)) return paint.yellow(`Not finished after ${seconds}: it goes on by itself, see the worklist.`);
  return paint.green(
    `Delivered and acknowledged in ${seconds}: infrastructure ${report?.infrastructure?.code}, business ${report?.business?.code}.`,
  );
}
