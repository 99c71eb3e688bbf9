// Carrying out what the journal has decided, and telling of it: at once, or at a later poll if a folder did not allow it.

import { DurableError } from "@restante/durable";
import type { MessageId } from "@restante/mesh";
import type { DirectoryContext } from "./context.ts";
import { carryOut, carryOutAll, isLost, removedFromTemp, type Step } from "./filing.ts";
import { FolderTrouble, labelOf } from "./folder-trouble.ts";
import type { FolderWatch } from "./folder-watch.ts";
import type { Filing } from "./journal.ts";
import { underFreeName } from "./refile.ts";
import { discard } from "./staging.ts";

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
