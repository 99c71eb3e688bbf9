// Moves a file, also to a folder on another file system.
//
// On one file system it is a rename. Between two:
//
//   from --> copied as `.<digest>.moving` in the folder of `to`, synced --> renamed to `to`, folder synced --> from removed
//
// Killed before the rename: `from` is whole and the copy is written over by the next try (its name follows from `from`
// and `to`). Killed after it: both are there, whole and equal, and the next try ends by removing `from`. There is no
// moment at which a reader of `to` sees half a file, and none at which the file is in neither place.

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Platform, platform } from "./platform.ts";
import { removeFile, renameFile } from "./rename-file.ts";
import { syncFile, syncFolder } from "./sync.ts";

/**
 * Moves a file to a new path, in place of what is there. When it resolves the new name is on disk; that the old one is
 * gone is on disk once its folder is synced.
 *
 * @throws what the operating system says: ENOENT if `from` is missing. On failure `from` is as it was.
 */
export async function moveFile(from: string, to: string, on: Platform = platform): Promise<void> {
  try {
    await renameFile(from, to, on);
  } catch (error) {
    if (!isOtherFileSystem(error)) throw error;
    await copyAcross(from, to, on);
    await removeFile(from, on);
    return;
  }
  await syncFolder(dirname(to), on);
}

/** Copies a file to a new path, in place of what is there: whole or not at all, and on disk when it resolves. */
export async function copyAcross(from: string, to: string, on: Platform = platform): Promise<void> {
  const folder = dirname(to);
  const copy = join(folder, movingName(from, to));
  try {
    await rm(copy, { force: true });
    await copyFile(from, copy, constants.COPYFILE_EXCL);
    await syncFile(copy);
    await renameFile(copy, to, on);
  } catch (error) {
    // On a full disk, half a copy would take the room of what comes next.
    await rm(copy, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder, on);
}

/** Hidden, of bounded length, and free of the file's own name, which may be a patient's. */
export function movingName(from: string, to: string): string {
  const digest = createHash("sha256")
    .update(`${resolve(from)}\0${resolve(to)}`)
    .digest("hex")
    .slice(0, 32);
  return `.${digest}.moving`;
}

function isOtherFileSystem(error: unknown): boolean {
  return Error.isError(error) && "code" in error && error.code === "EXDEV";
}
