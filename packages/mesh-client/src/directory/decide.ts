import type { DirectoryContext } from "./context.ts";
import { finish } from "./finish-filing.ts";
import { asClientError, FolderTrouble, inFolder } from "./folder-trouble.ts";
import type { Filing } from "./journal.ts";
import { discard, type Stage, stage } from "./staging.ts";

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
