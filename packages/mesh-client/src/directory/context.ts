import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DurableError, exists, isMissing, type Lease, type SharedSyncs, writeNew } from "@restante/durable";
import {
  type Clock,
  type ControlFile,
  type Emit,
  type MailboxId,
  type MessageId,
  newMessageId,
  type StatusRecord,
  writeControlFile,
} from "@restante/mesh";
import { codeOf } from "../error-code.ts";
import type { DirectoryClientDefaults } from "./defaults.ts";
import type { MeshClient } from "../mesh-client.ts";
import { reportControl } from "./control-files.ts";
import { carryOut, carryOutAll, isLost, removedFromTemp, type Step } from "./filing.ts";
import { asClientError, FolderTrouble, inFolder, labelOf } from "./folder-trouble.ts";
import type { Folders } from "./folder-name.ts";
import type { FolderWatch } from "./folder-watch.ts";
import type { Filing, Journal, Plan } from "./journal.ts";
import type { NamesInHand } from "./names-in-hand.ts";
import type { News } from "./news.ts";
import { underFreeName } from "./refile.ts";
import type { Rooms } from "./room.ts";
import type { Troubles } from "./troubles.ts";
import type { Workers } from "../workers.ts";

/**
 * Which reports appear in IN, besides those of pairs that failed, which cannot be done without: see
 * docs/decisions/214-reports-that-can-be-switched-off.md. The NHS client's settings and defaults: CollectReport=Y alone.
 */
export interface ReportSettings {
  /** COLLECT SUCCESS 00: a pair was collected from OUT. */
  readonly collect: boolean;
  /** TRANSFER SUCCESS 00: it was sent. */
  readonly transfer: boolean;
  /** TRANSFER SUCCESS 05: it is still waiting to be sent. */
  readonly delay: boolean;
  /** TRANSFER ERROR 03, 04: it is still waiting, because the server or this client could not prove who it is. */
  readonly authentication: boolean;
  /** RECEIVE SUCCESS 00: a poll succeeded. */
  readonly poll: boolean;
  /** RECEIVE ERROR 15, 16, 17: one failed. As `poll` if it is not said; the NHS client has one setting for both. */
  readonly pollFailures: boolean;
}

/** Options with their defaults filled in. */
export interface DirectorySettings extends Omit<
  DirectoryClientDefaults,
  "pollIntervalMs" | "pollJitterPercent" | "missingPairAfterMs" | "workers"
> {
  readonly missingDataAfterMs: number;
  readonly missingControlAfterMs: number;
  readonly reports: ReportSettings;
}

/** What the parts of one directory client share. */
export interface DirectoryContext {
  readonly client: MeshClient;
  readonly mailboxId: MailboxId;
  readonly folders: Folders;
  /** Which group may use IN and OUT besides their owner. */
  readonly group: number | undefined;
  readonly journal: Journal;
  /** Of the folders: asked before each step that others see, since another machine may have them by now. */
  readonly lock: Pick<Lease, "check">;
  /** Of the five folders: everything that is moved side by side shares them. */
  readonly syncs: SharedSyncs;
  /**
   * In the name of everything that this start writes in TEMP. Of the same message or pair another machine, which has lost the
   * folders and does not know it yet, may have files there, and removes them when it finds out: they must not be ours.
   */
  readonly start: string;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly settings: DirectorySettings;
  readonly names: NamesInHand;
  readonly news: News;
  readonly troubles: Troubles;
  /** Every pair that is sent and every message that is received has a place there, under the id of the mailbox. */
  readonly workers: Workers;
  /** Names that are to be removed from TEMP, and could not be yet. */
  readonly leftInTemp: Set<string>;
  /** The filings of which everything was told, and that are not yet off the journal. */
  readonly told: Set<number>;
}

/** Writes a control file to TEMP, and gives the step that moves it to where it belongs. */
export type Stage = (name: string, control: ControlFile, to: NonNullable<Step["to"]>) => Promise<Step>;

/**
 * A decision: what it needs is staged in TEMP, on disk with its names; it is taken in the journal, and then carried out. What
 * was staged for one that is not taken goes again, as does what was claimed: on a full disk it would take the room of what
 * comes next. `take` is done as a part of a group of commits (group-commit.ts).
 *
 * @returns whether all its files are where they belong; if not, the journal has them carried there at a later poll
 */
export async function decide<Prepared>(
  context: DirectoryContext,
  prepare: (stage: Stage, claim: (name: string) => void) => Promise<Prepared>,
  take: (prepared: Prepared) => readonly Filing[],
): Promise<boolean> {
  const staged: string[] = [];
  let filings: readonly Filing[];
  try {
    const claim = (name: string): void => void staged.push(name);
    const prepared = await prepare(async (name, control, to) => {
      claim(name);
      return stage(context, name, control, to);
    }, claim);
    if (staged.length > 0) await inFolder("temp", async () => context.syncs(context.folders.temp));
    await context.lock.check();
    filings = await context.journal.together(() => take(prepared));
  } catch (error) {
    // A commit that failed in any other way may be there after a crash: the next start looks, and clears TEMP.
    if (mayClear(error)) await discard(context, staged);
    throw error;
  }
  let all = true;
  for (const filing of filings) all = (await finish(context, filing)) && all;
  return all;
}

/** Whether what was staged for a decision that could not be taken can go. */
export function mayClear(error: unknown): boolean {
  const trouble = asClientError(error);
  return !(trouble instanceof FolderTrouble) || trouble.folder !== ".restante" || trouble.reach === "room";
}

/** Removes from TEMP what nothing wants, as far as that can be done: see discardLeft for the rest. */
export async function discard(
  { folders, leftInTemp }: Pick<DirectoryContext, "folders" | "leftInTemp">,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    try {
      await rm(join(folders.temp, name));
    } catch (error) {
      // That the folder is gone says nothing of the file. A message that is fetched again takes the place of its own.
      const isGone = isMissing(error) && (await exists(folders.temp).catch(() => false));
      if (!isGone && !name.startsWith("in-")) leftInTemp.add(name);
    }
  }
}

/** Removes what could not be removed when it was to be: TEMP was gone, and has come back with it. To be done between looks at OUT. */
export async function discardLeft(context: DirectoryContext): Promise<void> {
  const { leftInTemp, troubles } = context;
  if (leftInTemp.size === 0 || troubles.isUnusable("TEMP")) return;
  const names = [...leftInTemp];
  leftInTemp.clear();
  await discard(context, names);
}

/**
 * Carries out what the journal has decided, and tells what there is to be told of it: once, and once more only if it is
 * killed in between. False if a folder did not allow it.
 */
export async function finish(context: DirectoryContext, filing: Filing): Promise<boolean> {
  const { journal, troubles, emit, told } = context;
  // Before the first step, so that after a crash what is missing is taken for moved.
  if (filing.stuck) await journal.together(() => journal.setStuck(filing, false));
  try {
    await carryOut(filing.steps, context);
  } catch (error) {
    // The folders are another's, or it cannot be told whose: nothing more is written.
    if (error instanceof DurableError) throw error;
    troubles.met(error);
    await journal.together(() => journal.setStuck(filing, true));
    return false;
  }
  if (!told.has(filing.id)) for (const event of filing.tells) emit(event);
  told.add(filing.id);
  // What is not off the journal is carried out and told again after a crash, and nobody waits for that.
  journal.filedSometime(filing).then(
    () => told.delete(filing.id),
    (error: unknown) => troubles.met(error),
  );
  return true;
}

/**
 * The same for several that were just decided, side by side and in their order (carryOutAll). What went to a folder whose disk has
 * been taken away meanwhile may lie on the disk below it, and is not taken for filed.
 *
 * @returns those of which all files are where they belong
 */
export async function finishAll(
  context: DirectoryContext,
  filings: readonly Filing[],
  watch: FolderWatch,
): Promise<ReadonlySet<Filing>> {
  const { journal, troubles, emit, told } = context;
  const stepsOf = filings.map(({ steps }) => steps);
  const failures = new Map(await carryOutAll(stepsOf, { ...context, isFirst: true }));
  for (const trouble of await watch()) {
    const isThere = ({ to }: Step): boolean => to !== undefined && labelOf(to.folder) === trouble.folder;
    for (const [index, steps] of stepsOf.entries()) if (steps.some(isThere)) failures.set(index, trouble);
  }
  const done = filings.filter((_, index) => !failures.has(index));
  for (const error of failures.values()) troubles.met(error);
  for (const filing of done) {
    for (const event of filing.tells) emit(event);
    told.add(filing.id);
  }
  await journal.together(() => {
    for (const filing of filings) {
      if (told.has(filing.id)) journal.filed(filing);
      else journal.setStuck(filing, true);
    }
  });
  for (const { id } of done) told.delete(id);
  return new Set(done);
}

/**
 * Carries out a filing of an earlier poll. One of a message whose files somebody has removed from TEMP while they waited for
 * IN is given up: the message was not acknowledged, and is received anew. True if its files need not be left alone.
 */
export async function finishLater(context: DirectoryContext, filing: Filing): Promise<boolean> {
  const { journal, troubles, folders } = context;
  const isOfMessage = filing.subject !== null && journal.received(filing.subject as MessageId);
  // A folder that is gone tells nothing of what is in it.
  if (filing.steps.some((step) => isOutOfReach(context, step))) return false;
  if (filing.stuck && isOfMessage && (await isLost(filing.steps, folders))) {
    journal.forget(filing);
    // What is left of it.
    await discard(
      context,
      filing.steps.flatMap(({ from }) => (from.folder === "temp" ? [from.name] : [])),
    );
    troubles.met(new FolderTrouble("TEMP", removedFromTemp, "file"));
    return true;
  }
  const isFiled = await finish(context, await underFreeName(context, filing));
  // At once: else whoever is killed soon after each start would carry out the same again, and tell it again, each time.
  journal.commitWaiting();
  return isFiled;
}

function isOutOfReach({ troubles }: DirectoryContext, { from, to }: Step): boolean {
  return troubles.isUnusable(labelOf(from.folder)) || (to !== undefined && troubles.isUnusable(labelOf(to.folder)));
}

/** Writes a control file to TEMP: its content is on disk, its name is once TEMP is synced. */
export async function stage(
  { folders }: DirectoryContext,
  name: string,
  control: ControlFile,
  to: NonNullable<Step["to"]>,
): Promise<Step> {
  await inFolder("temp", async () => {
    const path = join(folders.temp, name);
    const content = writeControlFile(control);
    await writeNew(path, content).catch(async (error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
      // Left by a decision of which it is not known whether the journal has it.
      await rm(path);
      await writeNew(path, content);
    });
  });
  return { from: { folder: "temp", name }, to };
}

/** Stages a report about a pair of ours, or about the polling: a `.ctl` in IN, under an id of its own. */
export async function stageReport(
  { mailboxId, clock }: DirectoryContext,
  stage: Stage,
  status: StatusRecord,
  about: Partial<ControlFile> = {},
  messageId?: MessageId,
): Promise<Plan> {
  const id = newMessageId(clock.now());
  const control = reportControl(about, { mailboxId, messageId, status });
  return { steps: [await stage(`report-${id}.ctl`, control, { folder: "in", name: `${id}.ctl` })] };
}
