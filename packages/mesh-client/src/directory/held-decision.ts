// What a person decides about a pair that is held, or in doubt while tracking does not answer (pair.ts):
//
//   held --release--> waiting     it did not arrive: it is sent again, by the next poll
//     |---arrived---> withdrawn   it did arrive: its files go to SENT, without the id that nobody knows; or, where
//     |                         nothing is kept there, are removed
//     '---discard---> withdrawn   it is not to be sent again, whether it arrived or not: its files go to FAILED, a report to IN
//
// Each is one transaction, together with what there is to be told of it and with the moves of the files, before the first of
// them. Killed before it, the pair is held as it was; killed after it, the next start does what is left. A pair that is not held
// any more, or was written again meanwhile, is left alone. A withdrawn one still counts as in doubt for others with its LocalId:
// a message of it may be at the server.

import { DurableError } from "@restante/durable";
import { clientStatuses, type ControlFile, type Event, type HeldVerdict, newMessageId } from "@restante/mesh";
import type { DirectoryContext } from "./context.ts";
import { decide } from "./decide.ts";
import { finish } from "./finish-filing.ts";
import { type Stage, stageReport } from "./staging.ts";
import { record } from "./control-files.ts";
import type { Step } from "./filing.ts";
import { inFolder } from "./folder-trouble.ts";
import { isInDoubt, type Plan, type SendRow } from "./journal.ts";
import { createOutFolder, type Sighting } from "./out-folder.ts";
import { readPairControl, transferFailure } from "./pair-control.ts";
import { moveFromOut, removeFromOut, stagedControl } from "./pair-ends.ts";
import { openPair } from "./pair-files.ts";
import { shortName } from "./pair-name.ts";
import { freeName } from "./taken-names.ts";

export interface HeldDecision {
  readonly verdict: HeldVerdict;
  /** The pairs, by the SHA-256 of their base names. */
  readonly pairs: readonly string[];
  /** Who decides: told with it. */
  readonly by: string;
}

/**
 * What became of it. `filing`: decided, and its files are moved once their folder can be used. `gone`: its files are not in OUT.
 * `trouble`: it could not be done, and stands as the journal says.
 */
export interface HeldOutcome {
  readonly is: "done" | "filing" | "not-held" | "gone" | "trouble";
  readonly reason?: string;
}

/** The outcome of each pair, in their order. */
export async function decideHeld(
  context: DirectoryContext,
  { verdict, pairs, by }: HeldDecision,
): Promise<HeldOutcome[]> {
  const { folders } = context;
  // Not the client's own look, which measures how long files have been left alone.
  const seen = await inFolder("out", async () => createOutFolder(folders.out, 0).look());
  const outcomes: HeldOutcome[] = [];
  for (const key of pairs) {
    const sighting = seen.find((pair) => pair.key === key);
    outcomes.push(
      await decideOne(context, { key, sighting, verdict, by }).catch((error: unknown) => {
        // The folder is another's: whoever has it decides.
        if (error instanceof DurableError) throw error;
        return { is: "trouble" as const, reason: context.troubles.met(error).message };
      }),
    );
  }
  return outcomes;
}

async function decideOne(
  context: DirectoryContext,
  { key, sighting, verdict, by }: { key: string; sighting: Sighting | undefined; verdict: HeldVerdict; by: string },
): Promise<HeldOutcome> {
  const { journal, mailboxId } = context;
  if (sighting === undefined) return { is: "gone" };
  const row = journal.openSend(key, sighting.fingerprint);
  if (!isInDoubt(row)) return { is: "not-held" };
  const event: Event = { event: "pair-decided", mailboxId, pair: shortName(key), decision: verdict, by };
  if (verdict === "release") return release(context, key, event);
  return withdraw(context, { sighting, row, verdict, event });
}

async function release(context: DirectoryContext, key: string, event: Event): Promise<HeldOutcome> {
  await context.lock.check();
  const filings = await context.journal.together(() => context.journal.released(key, { steps: [], tells: [event] }));
  for (const filing of filings) await finish(context, filing);
  return { is: filings.length > 0 ? "done" : "not-held" };
}

interface Withdrawal {
  readonly sighting: Sighting;
  readonly row: SendRow;
  readonly verdict: "arrived" | "discard";
  readonly event: Event;
}

async function withdraw(context: DirectoryContext, withdrawal: Withdrawal): Promise<HeldOutcome> {
  const { sighting, verdict, event } = withdrawal;
  const control = await controlOf(context, sighting);
  let isTaken = false;
  const isFiled = await decide(
    context,
    async (stage) => {
      const end = verdict === "arrived" ? endInSent(context, control, withdrawal) : endInFailed(context, control);
      if (verdict === "arrived" && !context.settings.keepSent) {
        const steps = [...removeFromOut(sighting.data), ...removeFromOut(sighting.control)];
        return { files: { steps, tells: [event] }, reports: await end.reports(stage) };
      }
      const { folder } = end;
      const id = newMessageId(context.clock.now());
      const name = await inFolder(folder, async () =>
        freeName(context.folders[folder], sighting.base, id, (base) => context.names.take(folder, base, sighting.key)),
      );
      const steps: Step[] = moveFromOut(sighting.data, folder, name, id);
      if (end.control === undefined) {
        steps.push(...moveFromOut(sighting.control, folder, name, id));
      } else {
        const written = { ...end.control, status: end.status };
        steps.push(await stage(stagedControl(id, sighting.key, context), written, { folder, name: `${name}.ctl` }));
        steps.push(...removeFromOut(sighting.control));
      }
      return { files: { steps, tells: [event] }, reports: await end.reports(stage) };
    },
    ({ files, reports }) => {
      const filings = context.journal.withdrawn(sighting.key, files, reports);
      isTaken = filings.length > 0;
      return filings;
    },
  );
  if (!isTaken) return { is: "not-held" };
  return { is: isFiled ? "done" : "filing" };
}

async function controlOf(context: DirectoryContext, sighting: Sighting): Promise<ControlFile | undefined> {
  await using opened = await openPair(context.folders.out, sighting);
  if (opened.state !== "open") return undefined;
  const read = readPairControl(opened.controlBytes, context.mailboxId);
  return "control" in read ? read.control : read.problem.control;
}

interface End {
  readonly folder: "sent" | "failed";
  readonly control: ControlFile | undefined;
  readonly status: ReturnType<typeof record>;
  readonly reports: (stage: Stage) => Promise<Plan[]>;
}

/** As a pair that was sent, with the reports that its owner wants of one. Its DTSId is known of an upload in chunks alone. */
function endInSent(context: DirectoryContext, control: ControlFile | undefined, { row }: Withdrawal): End {
  const { settings } = context;
  const messageId = row.messageId ?? undefined;
  const because = " A person made sure that it arrived.";
  const sent = { ...clientStatuses.sent, description: clientStatuses.sent.description + because };
  const filed =
    control === undefined
      ? undefined
      : { ...control, addressType: "DTS" as const, messageId, isCompressed: row.compressed === 1 };
  return {
    folder: "sent",
    control: filed,
    status: record(sent, context),
    reports: async (stage) => {
      const reports: Plan[] = [];
      for (const [status, wanted] of [
        [clientStatuses.collected, settings.reports.collect],
        [sent, settings.reports.transfer],
      ] as const) {
        if (wanted) reports.push(await stageReport(context, stage, record(status, context), filed, messageId));
      }
      return reports;
    },
  };
}

/** As one that failed, and says why: a program that sends again whatever fails is to be told by what it reads. */
function endInFailed(context: DirectoryContext, control: ControlFile | undefined): End {
  const reason = "A person decided that it is not sent again; MESH may have it.";
  const status = record(transferFailure(reason).status, context);
  return {
    folder: "failed",
    control,
    status,
    reports: async (stage) => [await stageReport(context, stage, status, control)],
  };
}
