import { clientStatuses, type Event, messageFileName, type MessageId, newMessageId } from "@restante/mesh";
import type { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import { decide } from "./decide.ts";
import { type Stage, stageReport } from "./staging.ts";
import { record, sentControl } from "./control-files.ts";
import type { FileState } from "./files.ts";
import { refusedSuffix, type Step } from "./filing.ts";
import { inFolder } from "./folder-trouble.ts";
import type { FolderName } from "./folder-name.ts";
import type { Plan } from "./journal.ts";
import type { Sighting } from "./out-folder.ts";
import type { PairProblem } from "./pair-control.ts";
import type { Pair } from "./pair-files.ts";
import { shortName } from "./pair-name.ts";
import { freeName } from "./taken-names.ts";

export interface PairResult {
  readonly outcome: "sent" | "failed" | "waiting" | "held";
  /** It is sent or has failed, also if its files could not be moved yet. */
  readonly isDecided?: boolean;
  /** What kept it from being sent, if that was the server or the way to it. */
  readonly error?: MeshClientError | undefined;
}

/**
 * From `accepted` to `sent`: the `.dat` goes to SENT, then the rewritten `.ctl` appears there, then OUT's goes. Where
 * nothing is kept in SENT, both go from OUT: the journal alone, and a report if there is one, know that they were sent.
 */
export async function fileSent(context: DirectoryContext, pair: Pair, messageId: MessageId): Promise<PairResult> {
  const { journal, settings, mailboxId, folders, names } = context;
  const { data, control: outControl } = pair.sighting;
  const isCompressed = journal.openSend(pair.key, pair.fingerprint)?.compressed === 1;
  const control = sentControl(pair.control, { messageId, isCompressed }, context);
  const isFiled = await decide(
    context,
    async (stage) => {
      const steps = settings.keepSent ? await toSent(stage) : removeFromOut(data);
      steps.push(...removeFromOut(outControl));
      const reports: Plan[] = [];
      for (const [status, wanted] of [
        [clientStatuses.collected, settings.reports.collect],
        [clientStatuses.sent, settings.reports.transfer],
      ] as const) {
        if (wanted) reports.push(await stageReport(context, stage, record(status, context), control, messageId));
      }
      const tells: Event[] = [{ event: "pair-sent", mailboxId, pair: shortName(pair.key), messageId }];
      return { files: { steps, tells }, reports };
    },
    ({ files, reports }) => journal.sent(pair.key, files, reports),
  );
  return { outcome: isFiled ? "sent" : "waiting", isDecided: true };

  async function toSent(stage: Stage): Promise<Step[]> {
    const id = messageFileName(messageId);
    const name = await inFolder("sent", async () =>
      freeName(folders.sent, pair.base, id, (base) => names.take("sent", base, pair.key)),
    );
    const ctl = await stage(stagedControl(id, pair.key, context), control, { folder: "sent", name: `${name}.ctl` });
    return [...moveFromOut(data, "sent", name, id), ctl];
  }
}

/**
 * What there is of a pair goes to FAILED, and a report about it to IN. A control file that could be read gets the status
 * record too: LocalId does not always tell which pair a report is about. Any other stays as it is.
 */
export async function failPair(
  context: DirectoryContext,
  { key, base, fingerprint, control, data }: Sighting,
  { status, reason, control: about }: PairProblem,
): Promise<PairResult> {
  const { journal, clock, mailboxId, folders, names } = context;
  const id = newMessageId(clock.now());
  const at = record(status, context);
  const isFiled = await decide(
    context,
    async (stage) => {
      const name = await inFolder("failed", async () =>
        freeName(folders.failed, base, id, (chosen) => names.take("failed", chosen, key)),
      );
      const steps = moveFromOut(data, "failed", name, id);
      if (about === undefined) {
        steps.push(...moveFromOut(control, "failed", name, id));
      } else {
        const to = { folder: "failed", name: `${name}.ctl` } as const;
        const staged = stagedControl(id, key, context);
        steps.push(await stage(staged, { ...about, status: at }, to), ...removeFromOut(control));
      }
      const tells: Event[] = [{ event: "pair-failed", mailboxId, pair: shortName(key), code: status.code, reason }];
      return { files: { steps, tells }, reports: [await stageReport(context, stage, at, about)] };
    },
    ({ files, reports }) => journal.failed(key, fingerprint, files, reports),
  );
  return { outcome: isFiled ? "failed" : "waiting", isDecided: true };
}

/** By its pair too: a server may give two messages the same id. */
export function stagedControl(id: string, key: string, { start }: DirectoryContext): string {
  return `out-${id}-${key.slice(0, 16)}-${start}.ctl`;
}

export function moveFromOut(file: FileState | undefined, folder: FolderName, name: string, id: string): Step[] {
  if (file === undefined) return [];
  const { fingerprint } = file;
  const suffix = file.name.slice(-".dat".length);
  const to = { folder, name: name + suffix };
  if (file.nameBytes === undefined) return [{ from: { folder: "out", name: file.name }, to, fingerprint }];
  // First a name that can be written anywhere; OUT's own look passes over it.
  const between = { folder: "out", name: `.${id}${suffix}${refusedSuffix}` } as const;
  return [
    { from: { folder: "out", name: file.name, nameBytes: file.nameBytes }, to: between, fingerprint },
    { from: between, to },
  ];
}

export function removeFromOut(file: FileState | undefined): Step[] {
  if (file === undefined) return [];
  const { name, nameBytes, fingerprint } = file;
  return [{ from: { folder: "out", name, ...(nameBytes === undefined ? {} : { nameBytes }) }, fingerprint }];
}
