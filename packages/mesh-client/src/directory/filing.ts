import { rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, stateOf, syncFolder } from "./files.ts";
import type { FolderName, Folders } from "./folders.ts";

/** A file in one of the five folders. */
export interface Place {
  readonly folder: FolderName;
  readonly name: string;
}

/**
 * One move of a filing. A filing is decided, with all that led to it, in one transaction of the journal, and then
 * carried out step by step; after a crash it is carried out again from the start. So that this is harmless:
 *
 * - a `from` that is missing was moved before: the step is passed over;
 * - a `from` in TEMP has a name that is used once only;
 * - a `from` in OUT, where other programs write, is touched only while it has the fingerprint it had when the filing was
 *   decided. Another one is a new pair, and stays.
 */
export interface Step {
  readonly from: Place;
  /** Absent: the file is removed. */
  readonly to?: Place | undefined;
  readonly fingerprint?: string | undefined;
}

/** Each folder is on disk before the next step, so that a `.ctl` is never seen without its `.dat`, whatever fails. */
export async function carryOut(steps: readonly Step[], folders: Folders): Promise<void> {
  const left = new Set<FolderName>();
  for (const { from, to, fingerprint } of steps) {
    const path = join(folders[from.folder], from.name);
    if (fingerprint !== undefined && (await stateOf(path, from.name))?.fingerprint !== fingerprint) continue;
    try {
      await (to === undefined ? unlink(path) : rename(path, join(folders[to.folder], to.name)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    // Synced even if there was nothing to move: the move may have happened just before a crash of the machine.
    if (to !== undefined) await syncFolder(folders[to.folder]);
    if (from.folder !== "temp") left.add(from.folder);
  }
  for (const folder of left) await syncFolder(folders[folder]);
}

/** The base name under which nothing is in a folder yet: the one asked for, else with the id behind it. */
export async function freeName(folder: string, base: string, id: string): Promise<string> {
  const states = [".dat", ".ctl", ".DAT", ".CTL"].map(async (suffix) => stateOf(join(folder, base + suffix), base));
  if ((await Promise.all(states)).every((state) => state === undefined)) return base;
  // A file name has 255 bytes at most.
  const most = Math.min(200, 255 - Buffer.byteLength(`_${id}.ctl`));
  const characters = Array.from(base);
  while (Buffer.byteLength(characters.join("")) > most) characters.pop();
  const short = characters.join("");
  return `${short}_${id}`;
}
