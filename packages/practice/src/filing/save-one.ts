import type { PracticeContext } from "../context.ts";
import { moveFiling, newFolderName, noteSaved, noteWhole, type WaitingFiling } from "../store/filings.ts";
import { contentsOf } from "./contents.ts";
import type { FilingFolder } from "./folder.ts";
import { InDoubt } from "./problems.ts";

/** What is in the record system's folder now. */
export interface Saved {
  folder: string;
  /** Absent: it was found there, as an earlier try had left it. */
  size?: { files: number; bytes: number };
}

/**
 * Does what is left to be done of one; undefined: it was stopped meanwhile. Throws what keeps it from being saved: it is then
 * `asked`, and nothing of it is where anybody may take it; or, with InDoubt, `doubtful`.
 */
export async function saveOne(
  context: PracticeContext,
  folder: FilingFolder,
  filing: WaitingFiling,
): Promise<Saved | undefined> {
  const { database } = context;
  const { filingId, taskId } = filing;
  if (filing.step !== "asked" && (await settle(context, folder, filing)) === "saved") return { folder: filing.folder };
  let name = filing.folder;
  while (await folder.isTaken(name)) {
    name = newFolderName(taskId);
    if (!moveFiling(database, filingId, { from: ["asked"], to: "asked", folder: name })) return undefined;
  }
  const { files, writtenAt, digest, size } = await contentsOf(context, { ...filing, folder: name });
  try {
    await folder.write(name, files);
  } catch (error) {
    // On a full disk, half of it would take the room of what comes next.
    await folder.discard(name).catch(() => undefined);
    throw error;
  }
  if (!noteWhole(database, filingId, { writtenAt, digest: digest() })) {
    await folder.discard(name);
    return undefined;
  }
  try {
    await folder.publish(name);
    await folder.syncNames();
  } catch (error) {
    if ((await settle(context, folder, { ...filing, folder: name, step: "whole" }, error)) === "asked") throw error;
  }
  noteSaved(database, filingId);
  return { folder: name, size: size() };
}

/** What is known of one that was whole: that it is saved, or that it is to be written anew. Throws InDoubt. */
async function settle(
  { database }: PracticeContext,
  folder: FilingFolder,
  { filingId, step, folder: name }: WaitingFiling,
  cause?: unknown,
): Promise<"saved" | "asked"> {
  const from = ["whole", "doubtful"] as const;
  try {
    const found = await folder.whereIs(name);
    if (found === "hidden") {
      moveFiling(database, filingId, { from, to: "asked" });
      return "asked";
    }
    // What was in doubt may have been on another disk than is there now: that nothing is there then says nothing.
    if (found === "unknown" || (found === "taken" && step === "doubtful")) throw new InDoubt(name, cause);
    await folder.syncNames();
    noteSaved(database, filingId);
    return "saved";
  } catch (error) {
    moveFiling(database, filingId, { from, to: "doubtful" });
    throw error instanceof InDoubt ? error : new InDoubt(name, error);
  }
}
