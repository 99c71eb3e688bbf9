// The life of a pair in OUT, as the journal knows it:
//
//   (unknown) --> waiting --> sending --202------------------> accepted --> sent     files in SENT
//                    ^           |------refused------------------------>  failed    files in FAILED, report in IN
//                    |<-safe-----|
//                    |           '------answer lost, kill -9--> doubtful
//                    |<------------------not sent, says tracking---|------> accepted   sent, says tracking
//                    |<------------------onAmbiguous: "resend"-----|
//                    |<------------------a person says so----- held <-----'          cannot be told
//                                                                '----a person says so----> withdrawn   see held-decision.ts
//
// waiting   Nothing of the pair can be at the server. No row means the same.
// sending   Committed before the request begins. Found at start, it becomes doubtful.
// doubtful  The server may have it. Settled by tracking (doubt.ts), at the next poll at the earliest; or by a person, as held.
// held      As doubtful, but tracking cannot tell: nothing happens until a person decides. Also a pair that the server
//           accepted under an id that cannot be read, unless tracking finds it.
// uploading The server has the first of its chunks: see pair-upload.ts, which has a life of its own without doubts.
// accepted  The server has it, under a message id. Committed as soon as the answer comes; no file has moved yet.
// sent      Committed together with the moves of the files, before the first of them (filing.ts).
// failed    Likewise. The pair itself is unchanged, in FAILED.
// withdrawn Somebody wrote the pair again while it was in one of the other states: the new one starts anew. Or a person ended it
//           while it was held: committed together with the moves of its files, to SENT or to FAILED.
//
// A pair is known by its base name and the sizes and times of its two files. Nothing in OUT is touched that has others.

import { clientStatuses, type ControlFile, type Status } from "@restante/mesh";
import { MeshClientError } from "../mesh-client-error.ts";
import type { TrackedMessage } from "../track.ts";
import type { DirectoryContext, ReportSettings } from "./context.ts";
import { decide } from "./decide.ts";
import { stageReport } from "./staging.ts";
import { record } from "./control-files.ts";
import { type Judgement, judge } from "./doubt.ts";
import { FolderTrouble } from "./folder-trouble.ts";
import type { SendRow } from "./journal.ts";
import type { Sighting } from "./out-folder.ts";
import { attempt } from "./pair-attempt.ts";
import { type PairControl, readPairControl, transferFailure } from "./pair-control.ts";
import { failPair, fileSent, type PairResult } from "./pair-ends.ts";
import { isAsSeen, type OpenPair, openPair, type Pair } from "./pair-files.ts";
import { shortName } from "./pair-name.ts";
import { resumeUpload } from "./pair-upload.ts";
import { tellAmbiguous, tellOnce } from "./tell-pair.ts";
import { isOfTheWay } from "./way-to-the-server.ts";

/** How far a pair may go now: see send-all.ts. */
export interface Turn {
  /** The server was found not to be usable, so that it need not be tried. */
  readonly down: MeshClientError | undefined;
  /** It waits for a pair before it, and does not start; what has to do with files alone is done. */
  readonly waits: boolean;
  /** Called just before something of it is sent. */
  readonly starts: () => void;
}

/** Does what is due for a pair. */
export async function handlePair(context: DirectoryContext, sighting: Sighting, turn: Turn): Promise<PairResult> {
  // What fails while it is closed must have somebody waiting for it: hence each `return await`.
  await using opened = await openPair(context.folders.out, sighting);
  if (opened.state === "changed") return { outcome: "waiting" };
  if (opened.state === "incomplete") return await waitForHalf(context, sighting, opened);

  const { mailboxId, journal, emit, news } = context;
  const { key, base, fingerprint } = sighting;
  if (news.isNew(key, "found", fingerprint)) {
    emit({ event: "pair-found", mailboxId, pair: shortName(key), bytes: opened.bytes });
  }
  const read = readPairControl(opened.controlBytes, mailboxId);
  if (!sighting.isNameSafe) return await failPair(context, sighting, transferFailure(unsafeName, controlOf(read)));
  if ("problem" in read) return await failPair(context, sighting, read.problem);
  const { data, dataName, bytes } = opened;
  const pair: Pair = { key, base, fingerprint, sighting, control: read.control, data, dataName, bytes };

  const row = journal.openSend(pair.key, fingerprint);
  if (row?.state === "accepted" && row.messageId !== null) return await fileSent(context, pair, row.messageId);
  if (row?.state === "held" && (row.unnamed === 1 || context.settings.onAmbiguous === "hold"))
    return hold(context, pair);
  if (turn.down !== undefined) return await delay(context, pair, row, turn.down);
  if (turn.waits) return { outcome: "waiting" };
  const result = await goOn(context, pair, row, turn.starts);
  const { error } = result;
  if (error === undefined) return result;
  // It was written meanwhile: another pair, which the next look finds.
  if (error.code === "body-unreadable" && !(await isAsSeen(pair))) return { outcome: "waiting" };
  return await delay(context, pair, journal.openSend(pair.key, fingerprint), error);
}

function controlOf(read: PairControl): ControlFile | undefined {
  return "control" in read ? read.control : read.problem.control;
}

const unsafeName = "The name of its files has control characters or is no UTF-8.";

async function goOn(
  context: DirectoryContext,
  pair: Pair,
  row: SendRow | undefined,
  starts: () => void,
): Promise<PairResult> {
  try {
    if (row === undefined || row.state === "waiting") {
      starts();
      return await attempt(context, pair);
    }
    if (row.state === "sending") return await interrupted(context, pair, row);
    if (row.state === "uploading" || isHeldUpload(row)) return await resumeUpload(context, pair, row);
    return await settle(context, pair, row, starts);
  } catch (error) {
    if (error instanceof MeshClientError) return { outcome: "waiting", error };
    throw error;
  }
}

function isHeldUpload({ state, messageId, chunkBytes }: SendRow): boolean {
  return state === "held" && messageId !== null && chunkBytes !== null;
}

/** The attempt ended without the journal, as when the disk is full: as after a crash. */
async function interrupted({ journal }: DirectoryContext, pair: Pair, row: SendRow): Promise<PairResult> {
  await journal.together(() =>
    row.chunkBytes === null ? journal.doubt(pair.key) : journal.wait(pair.key, pair.fingerprint),
  );
  return { outcome: "waiting" };
}

async function settle(context: DirectoryContext, pair: Pair, row: SendRow, starts: () => void): Promise<PairResult> {
  const { journal, settings, clock } = context;
  const judgement = await investigate(context, pair, row);
  switch (judgement.verdict) {
    case "sent":
      await journal.together(() => journal.accepted(pair.key, judgement.messageId));
      return fileSent(context, pair, judgement.messageId);
    case "not-sent":
      if (row.unnamed === 1) return holdUnnamed(context, pair);
      // Its request may still be on its way.
      if (clock.now().getTime() < row.since) journal.redate(pair.key);
      if (clock.now().getTime() - row.since < settings.answerWaitMs) return { outcome: "waiting" };
      break;
    case "unknown":
      if (row.unnamed === 1) return holdUnnamed(context, pair);
      tellAmbiguous(context, pair, judgement.reason);
      if (settings.onAmbiguous === "hold") {
        await journal.together(() => journal.hold(pair.key, judgement.reason));
        return { outcome: "held" };
      }
  }
  if (row.attempts >= settings.attempts) {
    return failPair(context, pair.sighting, transferFailure("The server did not answer any attempt.", pair.control));
  }
  await journal.together(() => journal.wait(pair.key, pair.fingerprint));
  starts();
  return attempt(context, pair);
}

/** The server took it, whatever tracking says: it is not sent again, also not where others in doubt are. */
async function holdUnnamed(context: DirectoryContext, pair: Pair): Promise<PairResult> {
  const { journal } = context;
  const reason = "MESH accepted it, and gave no message id that can be read";
  tellAmbiguous(context, pair, reason);
  await journal.together(() => journal.hold(pair.key, reason));
  return { outcome: "held" };
}

async function investigate(context: DirectoryContext, pair: Pair, row: SendRow): Promise<Judgement> {
  const { client, journal, settings } = context;
  const { localId, workflowId } = pair.control;
  if (localId === undefined) return { verdict: "unknown", reason: "it has no LocalId" };
  let tracked: TrackedMessage[] | undefined;
  try {
    tracked = await client.trackByLocalId(localId);
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (error.code === "request-invalid") return { verdict: "unknown", reason: "its LocalId cannot be asked for" };
    // A server that gives ids that cannot be read gives them here too.
    if (error.code === "unexpected-answer" && row.unnamed === 1) return { verdict: "unknown", reason: error.message };
    if (error.code !== "local-id-not-unique") throw error;
  }
  return judge({
    tracked: tracked === undefined ? "several" : (tracked[0] ?? "none"),
    pair: {
      workflowId,
      fileName: settings.sendFileName ? pair.dataName : undefined,
      startedAt: row.startedAt ?? row.since,
    },
    isKnown: (messageId) => journal.knows(messageId),
    othersInDoubt: journal.othersInDoubt(row, localId),
  });
}

function hold(context: DirectoryContext, pair: Pair): PairResult {
  tellAmbiguous(context, pair, "it waits for a person to decide");
  return { outcome: "held" };
}

/** The pair stays where it is. What its owner can mend is reported, once a pair. */
async function delay(
  context: DirectoryContext,
  pair: Pair,
  row: SendRow | undefined,
  error: MeshClientError,
): Promise<PairResult> {
  const status = statusOf(error, context.settings.reports);
  if (status !== undefined && row?.noticed !== status.code) {
    await decide(
      context,
      async (stage) => stageReport(context, stage, record(status, context), pair.control),
      (report) => context.journal.notice(pair.key, pair.fingerprint, status.code, report),
    );
  }
  const { code, message: reason } = error;
  // Trouble with the server or a folder is told again and again as what it is, and of each pair once.
  if (isOfTheWay(error) || error instanceof FolderTrouble) tellOnce(context, pair.sighting, { code, reason });
  else context.troubles.waits(pair.key, { code, reason });
  return { outcome: "waiting", error };
}

function statusOf({ code }: MeshClientError, reports: ReportSettings): Status | undefined {
  if (reports.authentication) {
    if (code === "server-certificate") return clientStatuses.serverNotAuthenticated;
    if (code === "unauthorised" || code === "client-certificate") return clientStatuses.clientNotAuthenticated;
  }
  return reports.delay ? clientStatuses.delayed : undefined;
}

/** Half a pair becomes a failed one when the other half has not come, or cannot be read, for long enough. */
async function waitForHalf(
  context: DirectoryContext,
  sighting: Sighting,
  { missing, controlBytes }: Extract<OpenPair, { state: "incomplete" }>,
): Promise<PairResult> {
  const { settings, clock, mailboxId } = context;
  const [present, limit, status] =
    missing === "data"
      ? [sighting.control, settings.missingDataAfterMs, clientStatuses.dataFileMissing]
      : [sighting.data ?? sighting.control, settings.missingControlAfterMs, clientStatuses.controlFileMissing];
  const { unchangedMs } = sighting.age;
  if (present === undefined || Math.max(clock.now().getTime() - present.changedAt, unchangedMs) < limit) {
    // It is told again when it fails, which it will.
    tellOnce(context, sighting, { reason: status.description });
    return { outcome: "waiting" };
  }
  const read = controlBytes === undefined ? undefined : readPairControl(controlBytes, mailboxId);
  const control = read === undefined ? undefined : controlOf(read);
  return failPair(context, sighting, { status, reason: status.description, control });
}
