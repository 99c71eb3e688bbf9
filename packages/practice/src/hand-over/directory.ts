import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type ControlFile, type MailboxId, readControlFile, writeControlFile } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { codeOf, reasonOf } from "../errors.ts";
import { exists, isMissing, renameSynced, syncFolder, writeSynced } from "../files.ts";
import { contentOf, handedOver, moveOutgoing, type Outgoing, outgoingAt } from "../store/outgoing.ts";
import { announce, announceFailure, type HandOver } from "./hand-over.ts";
import { retryAt } from "./retry.ts";

/**
 * Hands messages over by the mailbox's OUT folder. See states.ts for what holds after each step; the pair is named by
 * the header id, so the same message can never become two pairs, and no name tells anything of a patient.
 */
export function directoryHandOver(context: PracticeContext, mailboxId: MailboxId, folder: string): HandOver {
  const { database, clock, tuning } = context;
  const out = join(folder, "OUT");
  const pathsOf = (headerId: string): PairPaths => {
    const data = join(out, `${headerId}.dat`);
    const control = join(out, `${headerId}.ctl`);
    return { data, control, stagedData: `${data}.tmp`, stagedControl: `${control}.tmp` };
  };

  async function stage(message: Outgoing): Promise<void> {
    const paths = pathsOf(message.headerId);
    await writeSynced(paths.stagedData, contentOf(database, message.headerId));
    await writeSynced(paths.stagedControl, writeControlFile(controlFileOf(message)));
    await syncFolder(out);
    moveOutgoing(database, message.headerId, "due", "staged", { at: clock.now() });
  }

  async function release(message: Outgoing): Promise<void> {
    const paths = pathsOf(message.headerId);
    if (await exists(paths.stagedControl)) {
      await releaseData(paths, () => contentOf(database, message.headerId));
      await syncFolder(out);
      await renameSynced(paths.stagedControl, paths.control);
    }
    moveOutgoing(database, message.headerId, "staged", "handed-over", { at: clock.now(), problem: null });
    announce(context, message, "directory");
  }

  /** Looks in SENT, then FAILED. Neither there: the client has not come to it, or keeps no copies. */
  async function lookFor(headerId: string): Promise<void> {
    const sent = await readPair(join(folder, "SENT", `${headerId}.ctl`));
    if (sent?.messageId !== undefined) {
      moveOutgoing(database, headerId, "handed-over", "sent", { at: clock.now(), messageId: sent.messageId });
      return;
    }
    const failed = await readPair(join(folder, "FAILED", `${headerId}.ctl`));
    if (failed === undefined) return;
    // Some clients leave the control file as it was; a report in IN then gives the reason (see reasonFor in reports).
    const code = failed.status?.code ?? "06";
    const reason = failed.status?.description ?? "The MESH client could not send it.";
    const problem = { code, reason };
    if (moveOutgoing(database, headerId, "handed-over", "failed", { at: clock.now(), problem })) {
      announceFailure(context, kindOf(context, headerId), headerId, code, reason);
    }
  }

  /** A message that cannot be written waits, and those after it have their turn. */
  async function attempt(message: Outgoing, work: (message: Outgoing) => Promise<void>): Promise<void> {
    try {
      await work(message);
    } catch (error) {
      const now = clock.now();
      moveOutgoing(database, message.headerId, message.step, message.step, {
        at: now,
        attempt: true,
        dueAt: retryAt(now, message.attempts, tuning.retryAfterMs),
        problem: { code: codeOf(error), reason: reasonOf(error) },
      });
    }
  }

  return {
    async run(signal) {
      await mkdir(out, { recursive: true });
      // Left by a kill between staging and release: first, so that they keep their order.
      for (const message of outgoingAt(database, mailboxId, "staged", clock.now(), tuning.batchSize))
        await attempt(message, release);
      const due = outgoingAt(database, mailboxId, "due", clock.now(), tuning.batchSize);
      for (const message of due) {
        signal?.throwIfAborted();
        await attempt(message, stage);
      }
      for (const message of outgoingAt(database, mailboxId, "staged", clock.now(), tuning.batchSize))
        await attempt(message, release);
      for (const headerId of handedOver(database, mailboxId)) {
        signal?.throwIfAborted();
        await lookFor(headerId);
      }
      return due.length === tuning.batchSize;
    },
  };
}

interface PairPaths {
  data: string;
  control: string;
  stagedData: string;
  stagedControl: string;
}

/** The data file gets its name before the control file does: a reader takes a control file for a whole pair. */
async function releaseData(paths: PairPaths, content: () => Uint8Array): Promise<void> {
  try {
    await rename(paths.stagedData, paths.data);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (await exists(paths.data)) return;
    // A client that waits for the control file too long takes the data file away as an orphan.
    await writeSynced(paths.stagedData, content());
    await rename(paths.stagedData, paths.data);
  }
}

/** What the control file of a message to be sent says. */
export function controlFileOf(
  message: Pick<Outgoing, "mailboxId" | "toAddress" | "subject" | "localId" | "workflowId">,
): ControlFile {
  return {
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from: message.mailboxId,
    to: message.toAddress,
    subject: message.subject,
    localId: message.localId,
    workflowId: message.workflowId,
    compress: true,
    encrypted: false,
  };
}

/** Undefined where it is not there, or not readable yet: the client may be writing it. */
async function readPair(path: string): Promise<ControlFile | undefined> {
  try {
    return readControlFile(await readFile(path));
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "control-file-malformed") return undefined;
    throw error;
  }
}

function kindOf({ database }: PracticeContext, headerId: string): Outgoing["kind"] {
  const row = database.prepare("SELECT kind FROM outgoing WHERE header_id = ?").get(headerId);
  return row?.["kind"] as Outgoing["kind"];
}
