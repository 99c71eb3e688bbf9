import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, isMissing, moveFile, syncFolder, writeNew } from "@restante/durable";
import { type ControlFile, type MailboxId, readControlFile, writeControlFile } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem, reasonOf } from "../errors.ts";
import { mailboxFolder } from "../mailbox-folder.ts";
import { contentOf, handedOver, hasStaged, moveOutgoing, type Outgoing, outgoingAt } from "../store/outgoing.ts";
import { takeUpDue } from "../store/undoable.ts";
import { announce, announceFailure, type HandOver } from "./hand-over.ts";
import { createHeldUp } from "./held-up.ts";
import { retryAt } from "./retry.ts";

/**
 * Hands messages over by the mailbox's OUT folder. See states.ts for what holds after each step; the pair is named by
 * the header id, so the same message can never become two pairs, and no name tells anything of a patient.
 */
export function directoryHandOver(context: PracticeContext, mailboxId: MailboxId, folder: string): HandOver {
  const { database, clock, tuning } = context;
  const outFolder = mailboxFolder(join(folder, "OUT"));
  const out = outFolder.path;
  const heldUp = createHeldUp(context);
  /** Of what is awaited: there, and not to be read. */
  let unreadable = new Set<string>();
  const pathsOf = (headerId: string): PairPaths => {
    const data = join(out, `${headerId}.dat`);
    const control = join(out, `${headerId}.ctl`);
    return { data, control, stagedData: `${data}.tmp`, stagedControl: `${control}.tmp` };
  };

  async function stage(message: Outgoing): Promise<void> {
    const paths = pathsOf(message.headerId);
    await writeStaged(paths.stagedData, contentOf(database, message.headerId));
    await writeStaged(paths.stagedControl, writeControlFile(controlFileOf(message)));
    await syncFolder(out);
    moveOutgoing(database, message.headerId, "due", "staged", { at: clock.now() });
  }

  async function release(message: Outgoing): Promise<void> {
    const paths = pathsOf(message.headerId);
    if (await exists(paths.stagedControl)) {
      await releaseData(paths, () => contentOf(database, message.headerId));
      await syncFolder(out);
      await moveFile(paths.stagedControl, paths.control);
    } else {
      // Gone with its folder it tells nothing.
      await outFolder.require();
    }
    moveOutgoing(database, message.headerId, "staged", "handed-over", { at: clock.now(), problem: null });
    announce(context, message, "directory");
  }

  /**
   * Looks in SENT, then in FAILED, for pairs that the client has had. In neither: the client has not come to it, or keeps
   * no copies. Each folder is read once, however many pairs are awaited, and not at all where none is.
   */
  async function lookFor(awaited: readonly string[], signal?: AbortSignal): Promise<void> {
    const before = unreadable;
    unreadable = new Set();
    await settle(awaited, signal);
    for (const headerId of before) if (!unreadable.has(headerId)) heldUp.over({ headerId, mailboxId });
  }

  async function settle(awaited: readonly string[], signal?: AbortSignal): Promise<void> {
    if (awaited.length === 0) return;
    const sent = await controlFilesIn(join(folder, "SENT"));
    const unsettled: string[] = [];
    for (const headerId of awaited) {
      signal?.throwIfAborted();
      const messageId = (await readPair(sent, headerId))?.messageId;
      if (messageId === undefined) unsettled.push(headerId);
      else moveOutgoing(database, headerId, "handed-over", "sent", { at: clock.now(), messageId });
    }
    if (unsettled.length === 0) return;
    const failed = await controlFilesIn(join(folder, "FAILED"));
    for (const headerId of unsettled) {
      signal?.throwIfAborted();
      const pair = await readPair(failed, headerId);
      if (pair !== undefined) fail(headerId, pair);
    }
  }

  /** Undefined where it is not there, or not readable yet: the client may be writing it. Any other trouble is told. */
  async function readPair(names: ReadonlyMap<string, string>, headerId: string): Promise<ControlFile | undefined> {
    const path = names.get(headerId);
    if (path === undefined) return undefined;
    try {
      return readControlFile(await readFile(path));
    } catch (error) {
      if (isOfTheSystem(error)) throw error;
      const problem = { code: codeOf(error), reason: reasonOf(error) };
      if (!isMissing(error) && problem.code !== "control-file-malformed") {
        unreadable.add(headerId);
        heldUp.failed({ headerId, mailboxId }, problem);
      }
      return undefined;
    }
  }

  function fail(headerId: string, { status }: ControlFile): void {
    // Some clients leave the control file as it was; a report in IN then gives the reason (see reasonFor in reports).
    const code = status?.code ?? "06";
    const reason = status?.description ?? "The MESH client could not send it.";
    const problem = { code, reason };
    if (moveOutgoing(database, headerId, "handed-over", "failed", { at: clock.now(), problem })) {
      announceFailure(context, kindOf(context, headerId), headerId, code, reason);
    }
  }

  /** A message that cannot be written waits, and those after it have their turn. */
  async function attempt(message: Outgoing, work: (message: Outgoing) => Promise<void>): Promise<void> {
    try {
      await work(message);
      heldUp.over(message);
    } catch (error) {
      const now = clock.now();
      const problem = { code: codeOf(error), reason: reasonOf(error) };
      moveOutgoing(database, message.headerId, message.step, message.step, {
        at: now,
        attempt: true,
        dueAt: retryAt(now, message.attempts, tuning.retryAfterMs),
        problem,
      });
      // A full disk, or a folder that is gone, is told once, not for each message.
      if (isOfTheSystem(error) || problem.code === "folder-missing") throw error;
      if (isMissing(error)) await outFolder.require();
      heldUp.failed(message, problem);
    }
  }

  return {
    async run(signal) {
      // Of what is staged the folder is to tell whether it was handed over: a new one would say that it was.
      await outFolder.require({ make: !hasStaged(database, mailboxId) });
      // Left by a kill between staging and release: first, so that they keep their order.
      for (const message of outgoingAt(database, mailboxId, "staged", clock.now(), tuning.batchSize))
        await attempt(message, release);
      const due = takeUpDue(database, mailboxId, clock.now(), tuning.batchSize);
      for (const message of due) {
        signal?.throwIfAborted();
        await attempt(message, stage);
      }
      for (const message of outgoingAt(database, mailboxId, "staged", clock.now(), tuning.batchSize))
        await attempt(message, release);
      await lookFor(handedOver(database, mailboxId), signal);
      return { more: due.length === tuning.batchSize, ...heldUp.summary() };
    },
  };
}

/** Written over what a kill has left. */
async function writeStaged(path: string, content: string | Uint8Array): Promise<void> {
  await rm(path, { force: true });
  await writeNew(path, content);
}

/** The paths of control files by the name of the pair; none where there is no such folder. */
async function controlFilesIn(folder: string): Promise<Map<string, string>> {
  try {
    const names = await readdir(folder);
    return new Map(
      names.filter((name) => name.endsWith(".ctl")).map((name) => [name.slice(0, -4), join(folder, name)]),
    );
  } catch (error) {
    if (isMissing(error)) return new Map();
    throw error;
  }
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
    await writeStaged(paths.stagedData, content());
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

function kindOf({ database }: PracticeContext, headerId: string): Outgoing["kind"] {
  const row = database.prepare("SELECT kind FROM outgoing WHERE header_id = ?").get(headerId);
  return row?.["kind"] as Outgoing["kind"];
}
