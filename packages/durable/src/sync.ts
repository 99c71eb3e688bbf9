import { mkdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { asDurableError, DurableError } from "./errors.ts";
import { type Platform, platform } from "./platform.ts";
import { systemReason } from "./system-reason.ts";

/** The content of a file is on disk when this resolves. Its name is once its folder is synced. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}

/** The names in a folder (what was made, renamed or removed) are on disk when this resolves. */
export async function syncFolder(folder: string, on: Platform = platform): Promise<void> {
  if (!on.canSyncFolders) return;
  await using handle = await open(folder);
  await handle.sync();
}

/**
 * Makes a folder, for its owner alone unless another mode is given. Its name, and those of parents made with it, are on
 * disk when this resolves. A folder that is there keeps its mode.
 *
 * @returns whether it was made
 * @throws {DurableError} naming the folder that cannot be made, or the file that is in its place
 */
export async function makeFolder(folder: string, mode: number = 0o700): Promise<boolean> {
  const made = makeFolders(folder, mode);
  for (const path of made) await syncFolder(dirname(path));
  return made.length > 0;
}

/**
 * Makes a folder and its parents, as `makeFolder` does, without waiting for the disk.
 *
 * Not by mkdir with `recursive`, which tries for ever where a file system takes no folders but says that one is missing
 * (/proc), and which tells of a file in a folder's place by another name.
 *
 * @returns what was made, parents first
 */
export function makeFolders(folder: string, mode: number = 0o700): string[] {
  const missing: string[] = [];
  for (let path = resolve(folder); !isFolder(path); path = dirname(path)) missing.unshift(path);
  return missing.filter((path) => makeOne(path, mode));
}

function isFolder(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return stats !== undefined;
  throw new DurableError("unusable", path, "it is no folder: move it away, or name another", { retry: "never" });
}

/** False if another process made it meanwhile. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (isFolder(path)) return false;
    const { code } = asDurableError(error, path) as DurableError;
    throw new DurableError(code, path, `this folder cannot be made: ${systemReason(error, "folder")}`, {
      cause: error,
    });
  }
}
