import { clientStatuses, messageFileName, type MessageId, newMessageId } from "@restante/mesh";
import type { MeshClientError } from "../mesh-client-error.ts";
import { type DirectoryContext, finish, stage, stageReport } from "./context.ts";
import { record, sentControl } from "./control-files.ts";
import type { FileState } from "./files.ts";
import { freeName, type Step } from "./filing.ts";
import type { FolderName } from "./folders.ts";
import { digest } from "./journal.ts";
import type { Sighting } from "./out-folder.ts";
import type { PairProblem } from "./pair-control.ts";
import type { Pair } from "./pair-files.ts";
import { pairName } from "./pair-name.ts";

export interface PairResult {
  readonly outcome: "sent" | "failed" | "waiting" | "held";
  /** What kept it from being sent, if that was the server or the way to it. */
  readonly error?: MeshClientError | undefined;
}

/** From `accepted` to `sent`: the `.dat` goes to SENT, then the rewritten `.ctl` appears there, then OUT's goes. */
export async function fileSent(context: DirectoryContext, pair: Pair, messageId: MessageId): Promise<PairResult> {
  const { journal, settings, clock, emit, mailboxId, folders } = context;
  const { data, control: outControl } = pair.sighting;
  const isCompressed = journal.openSend(pair.key, pair.fingerprint)?.compressed === 1;
  const control = sentControl(pair.control, { messageId, isCompressed, clock });
  const fileId = messageFileName(messageId);
  const name = await freeName(folders.sent, pair.base, fileId);

  const steps = [
    ...moveFromOut(data, "sent", name),
    await stage(context, `out-${fileId}.ctl`, control, { folder: "sent", name: `${name}.ctl` }),
    ...removeFromOut(outControl),
  ];
  for (const [status, wanted] of [
    [clientStatuses.collected, settings.reports.collect],
    [clientStatuses.sent, settings.reports.transfer],
  ] as const) {
    if (wanted) steps.push(await stageReport(context, record(status, clock), control, messageId));
  }
  await finish(context, journal.sent(pair.key, steps));
  emit({ event: "pair-sent", mailboxId, pair: pairName(pair.base), messageId });
  return { outcome: "sent" };
}

/**
 * What there is of a pair goes to FAILED, and a report about it to IN. A control file that could be read gets the status
 * record too: LocalId does not always tell which pair a report is about. Any other stays as it is.
 */
export async function failPair(
  context: DirectoryContext,
  { base, fingerprint, control, data }: Sighting,
  { status, reason, control: about }: PairProblem,
): Promise<PairResult> {
  const { journal, clock, emit, mailboxId, folders } = context;
  const id = newMessageId(clock.now());
  const name = await freeName(folders.failed, base, id);
  const at = record(status, clock);
  const steps = moveFromOut(data, "failed", name);
  if (about === undefined) {
    steps.push(...moveFromOut(control, "failed", name));
  } else {
    const to = { folder: "failed", name: `${name}.ctl` } as const;
    steps.push(await stage(context, `out-${id}.ctl`, { ...about, status: at }, to), ...removeFromOut(control));
  }
  steps.push(await stageReport(context, at, about));
  await finish(context, journal.failed(digest(base), fingerprint, steps));
  emit({ event: "pair-failed", mailboxId, pair: pairName(base), code: status.code, reason });
  return { outcome: "failed" };
}

function moveFromOut(file: FileState | undefined, folder: FolderName, name: string): Step[] {
  if (file === undefined) return [];
  const to = { folder, name: name + file.name.slice(-".dat".length) };
  return [{ from: { folder: "out", name: file.name }, to, fingerprint: file.fingerprint }];
}

function removeFromOut(file: FileState | undefined): Step[] {
  return file === undefined ? [] : [{ from: { folder: "out", name: file.name }, fingerprint: file.fingerprint }];
}
