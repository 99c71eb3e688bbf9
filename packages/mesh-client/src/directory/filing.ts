import { createHash } from "node:crypto";
import { access, constants, lstat, readlink, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import {
  isMissing,
  type Lease,
  moveFile,
  removeFile as unlink,
  renameFile as rename,
  type SharedSyncs,
  syncFolder,
  systemReason,
} from "@restante/durable";
import { codeOf } from "../error-code.ts";
import { pathOf, type Place, stateOf } from "./files.ts";
import { folderTrouble, FolderTrouble, inFolder, labelOf } from "./folder-trouble.ts";
import type { FolderName, Folders } from "./folder-name.ts";
import { shareFile } from "./group.ts";
import { refuseTaken } from "./taken-names.ts";

/** Behind the name of what could not be moved out of OUT; with a dot before it, of what is on its way out. */
export const refusedSuffix = ".refused";

/**
 * One move of a filing. A filing is decided, with all that led to it, in one transaction of the journal, and then
 * carried out step by step; after a crash it is carried out again from the start. So that this is harmless:
 *
 * - a `from` that is missing was moved before: the step is passed over;
 * - a `from` in TEMP has a name that is used once only;
 * - a `from` in OUT, where other programs write, is touched only while it has the fingerprint it had when the filing was
 *   decided. Another one is a new pair, and stays;
 * - a `to` outside OUT that is there before its `from` has moved is somebody else's, and is not written over: the step fails until
 *   its owner has taken it away. (Put there between the look and the move, in less than a millisecond, it would be.)
 *
 * Between two disks a move is
 *
 *   from --> copied whole, as `.<digest>.moving` in the folder of `to` --> from removed, synced --> renamed to `to`
 *
 * Killed before `from` is removed, the copy is made again. Killed after it, `from` is missing and the copy is whole: it is
 * renamed. So `to` appears once, whole, and never again after its owner has taken it away.
 */
export interface Step {
  readonly from: Place;
  /** Absent: the file is removed. */
  readonly to?: Place | undefined;
  readonly fingerprint?: string | undefined;
}

/** Where files are moved, and which group may read what comes to IN. */
export interface FilingPlaces {
  readonly folders: Folders;
  /** Absent: each move syncs for itself. */
  readonly syncs?: SharedSyncs | undefined;
  /** Asked before each step. Absent: nobody else can have the folders. */
  readonly lock?: Pick<Lease, "check"> | undefined;
  readonly group?: number | undefined;
  /** Nothing of it was carried out before: what is not in TEMP was not moved by us. */
  readonly isFirst?: boolean | undefined;
}

/**
 * Each folder is on disk before the next step, so that a `.ctl` is never seen without its `.dat`, whatever fails.
 *
 * @throws FolderTrouble of the folder that cannot be used
 */
export async function carryOut(steps: readonly Step[], places: FilingPlaces): Promise<void> {
  for (const error of (await carryOutAll([steps], places)).values()) throw error;
}

/**
 * The same for several filings, which share the syncs between their steps. Their last steps are made together and in order:
 * no `.ctl` comes before that of an earlier filing, unless that one failed.
 *
 * @returns what each that failed did so for, by its place
 * @throws {DurableError} if the folders are another's, or it cannot be told whose
 */
export async function carryOutAll(
  all: readonly (readonly Step[])[],
  places: FilingPlaces,
): Promise<ReadonlyMap<number, unknown>> {
  const { folders, syncs = syncFolder } = places;
  const failures = new Map<number, unknown>();
  const rounds = Math.max(0, ...all.map(({ length }) => length));
  const isOn = (index: number): boolean => !failures.has(index);
  const left = new Map<FolderName, Set<number>>();
  for (let round = 0; round < rounds; round += 1) {
    const moved: { index: number; from: FolderName; to: FolderName }[] = [];
    for (const [index, steps] of all.entries()) {
      const step = steps[round - (rounds - steps.length)];
      if (step === undefined || !isOn(index)) continue;
      const { from, to } = step;
      // Lost, nothing more is moved of any.
      await places.lock?.check();
      try {
        await carryOutOne(step, places);
        if (to !== undefined) moved.push({ index, from: from.folder, to: to.folder });
        if (from.folder !== "temp") left.set(from.folder, (left.get(from.folder) ?? new Set()).add(index));
      } catch (error) {
        failures.set(index, error);
      }
    }
    // Synced even if there was nothing to move: the move may have happened just before a crash of the machine.
    for (const folder of new Set(moved.map(({ to }) => to))) {
      await syncs(folders[folder]).catch(async (error: unknown) => {
        for (const { index, from, to } of moved) {
          if (to === folder) failures.set(index, await blame(folders, from, to, error));
        }
      });
    }
  }
  for (const [folder, leaving] of left) {
    const those = [...leaving].filter(isOn);
    if (those.length === 0) continue;
    await inFolder(folder, async () => syncs(folders[folder])).catch((error: unknown) => {
      for (const index of those) failures.set(index, error);
    });
  }
  return failures;
}

/** Where it goes is still to be synced. */
async function carryOutOne(step: Step, places: FilingPlaces): Promise<void> {
  const { folders, isFirst } = places;
  const { from, to, fingerprint } = step;
  const isThere =
    fingerprint === undefined ||
    (await inFolder(from.folder, async () => stateOf(folders[from.folder], from)))?.fingerprint === fingerprint;
  if (to !== undefined) {
    const isMoved = await move(places, step, to, isThere);
    if (!isMoved && isFirst === true && from.folder === "temp")
      throw new FolderTrouble("TEMP", removedFromTemp, "file");
  } else if (isThere) await remove(folders, from);
}

async function remove(folders: Folders, from: Place): Promise<void> {
  try {
    await unlink(pathOf(folders[from.folder], from)).catch(async (error: unknown) => {
      if (!isMissing(error)) throw error;
      // That the folder is gone says nothing of the file.
      await stat(folders[from.folder]);
    });
  } catch (error) {
    throw await blame(folders, from.folder, from.folder, error);
  }
}

/** What only another program can have done. */
export const removedFromTemp = "files on their way to IN were removed from it";

/** False if there was nothing to move. */
async function move(places: FilingPlaces, { from }: Step, to: Place, isThere: boolean): Promise<boolean> {
  const { folders } = places;
  const copy: Place = { folder: to.folder, name: movingName(from, to) };
  try {
    if (isThere && (await moveInOne(places, from, to))) return true;
    await refuseTaken(folders, { from: copy, to });
    return await rename(pathOf(folders[to.folder], copy), pathOf(folders[to.folder], to)).then(
      () => true,
      (error: unknown) => {
        if (!isMissing(error)) throw error;
        return false;
      },
    );
  } catch (error) {
    throw await blame(folders, from.folder, to.folder, error);
  }
}

/** False if `from` is not there, or has become a whole copy on the disk of `to`. */
async function moveInOne(places: FilingPlaces, from: Place, to: Place): Promise<boolean> {
  const { folders } = places;
  try {
    return await moveOrCopy(places, from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
    // That a folder is gone says nothing of the file.
    await stat(folders[from.folder]);
    await stat(folders[to.folder]);
    return false;
  }
}

/** False if it has become a copy. Between two disks the system says so even where there is nothing to move. */
async function moveOrCopy(
  { folders, syncs = syncFolder, group }: FilingPlaces,
  from: Place,
  to: Place,
): Promise<boolean> {
  const path = pathOf(folders[from.folder], from);
  const isShared = group !== undefined && to.folder === "in";
  try {
    await refuseTaken(folders, { from, to });
    if (isShared) await shareFile(path, group);
    await rename(path, pathOf(folders[to.folder], to));
    return true;
  } catch (error) {
    // A name that is no UTF-8 is changed in OUT before it is moved further.
    if (codeOf(error) !== "EXDEV" || typeof path !== "string") throw error;
    const found = await lstat(path);
    if (!found.isFile() && !found.isSymbolicLink()) {
      // A folder or a device in the place of a file cannot be copied. It stays, as what is told to be no part of a pair.
      await rename(path, path + refusedSuffix);
      return true;
    }
    const copy = join(folders[to.folder], movingName(from, to));
    if (found.isFile()) await moveFile(path, copy);
    else await moveLink(path, copy);
    await syncs(folders[from.folder]);
    if (isShared) await shareFile(copy, group);
    return false;
  }
}

/** As a link: what it leads to may be anybody's, and without an end. */
async function moveLink(path: string, copy: string): Promise<void> {
  await rm(copy, { force: true });
  await symlink(await readlink(path), copy);
  await unlink(path);
}

/**
 * Whether files that were staged for IN are nowhere: neither in TEMP, nor on their way, nor, for the `.dat`, there. To be
 * asked of a filing that is stuck: what a crash left may have been moved, and taken away by its owner.
 */
export async function isLost(steps: readonly Step[], folders: Folders): Promise<boolean> {
  for (const [index, { from, to }] of steps.entries()) {
    if (from.folder !== "temp" || to?.folder !== "in") continue;
    const places = [stateOf(folders.temp, from), stateOf(folders.in, { name: movingName(from, to) })];
    // Nobody takes a .dat away before its .ctl is there, which comes last.
    if (index < steps.length - 1) places.push(stateOf(folders.in, to));
    if ((await Promise.all(places)).every((state) => state === undefined)) return true;
  }
  return false;
}

/** Hidden, free of the file's own name, which may be a patient's, and the same wherever the folders are. */
function movingName(from: Place, to: Place): string {
  const words = [from.folder, from.nameBytes ?? from.name, to.folder, to.name].join("\0");
  return `.${createHash("sha256").update(words).digest("hex").slice(0, 32)}.moving`;
}

/** Which of two folders it was that a move failed for; where both can be used, it was for the one file. */
async function blame(folders: Folders, from: FolderName, to: FolderName, error: unknown): Promise<unknown> {
  const code = codeOf(error);
  const isMissingFolder = code === "ENOENT";
  if (!isMissingFolder && code !== "EACCES" && code !== "EPERM" && code !== "EROFS") return folderTrouble(to, error);
  const isUsable = async (folder: FolderName): Promise<boolean> =>
    access(folders[folder], isMissingFolder ? constants.F_OK : constants.W_OK).then(
      () => true,
      () => false,
    );
  if (!(await isUsable(to))) return folderTrouble(to, error);
  if (!(await isUsable(from))) return folderTrouble(from, error);
  return new FolderTrouble(labelOf(from), systemReason(error), "file", code);
}
