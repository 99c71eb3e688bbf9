import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing, writeWhole } from "@restante/durable";
import { type FolderLabel, folderTrouble, FolderTrouble, labelOf } from "./folder-trouble.ts";
import { type FolderName, folderNames, type Folders } from "./folder-name.ts";

/** Tells which of the five folders cannot be used now. */
export type FolderWatch = () => Promise<FolderTrouble[]>;

/** In `.restante`: the folders that have been seen on a disk of their own, a name a line. */
const fileName = "disks";

/**
 * A folder that is gone, or whose disk is no longer mounted, is not made anew while the client runs: files would come
 * to lie on the disk below, and vanish from sight when the other is mounted again. Nor is one used whose disk was mounted
 * in an earlier run, and is not: a machine may start this client sooner than its disks. See
 * docs/decisions/070-five-folders.md.
 */
export async function watchFolders(root: string, folders: Folders, hidden: string): Promise<FolderWatch> {
  const deviceOf = async (path: string): Promise<number> => (await stat(path)).dev;
  const home = await deviceOf(root);
  const kept = await readKept(hidden);
  /** Those that have been seen on a disk of their own, in this run or before. */
  const mounted = new Set(kept);

  async function look(name: FolderName): Promise<FolderTrouble | undefined> {
    const label: FolderLabel = labelOf(name);
    try {
      const found = await stat(folders[name]);
      if (!found.isDirectory()) return new FolderTrouble(label, "it is no folder", "folder");
      if (found.dev !== home) mounted.add(name);
      else if (mounted.has(name)) return new FolderTrouble(label, "its disk is not mounted any more", "folder");
      return undefined;
    } catch (error) {
      const trouble = folderTrouble(name, error);
      if (trouble instanceof FolderTrouble) return trouble;
      throw error;
    }
  }

  async function keep(): Promise<void> {
    if (mounted.size === kept.size) return;
    await writeWhole(hidden, fileName, [...mounted].map((name) => `${name}\n`).join(""));
    for (const name of mounted) kept.add(name);
  }

  const watch = async (): Promise<FolderTrouble[]> => {
    const found = await Promise.all(folderNames.map(look));
    // On a full disk it is kept at a later look; until then this run remembers it.
    await keep().catch(() => undefined);
    return found.filter((trouble) => trouble !== undefined);
  };
  await watch();
  return watch;
}

async function readKept(hidden: string): Promise<Set<FolderName>> {
  try {
    const lines = (await readFile(join(hidden, fileName), "utf8")).split("\n");
    return new Set(folderNames.filter((name) => lines.includes(name)));
  } catch (error) {
    if (isMissing(error)) return new Set();
    throw error;
  }
}
