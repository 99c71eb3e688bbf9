import { stat } from "node:fs/promises";
import { type FolderLabel, folderTrouble, FolderTrouble, labelOf } from "./folder-trouble.ts";
import { type FolderName, folderNames, type Folders } from "./folders.ts";

/** Tells which of the five folders cannot be used now. */
export type FolderWatch = () => Promise<FolderTrouble[]>;

/**
 * A folder that is gone, or whose disk is no longer mounted, is not made anew while the client runs: files would come
 * to lie on the disk below, and vanish from sight when the other is mounted again. See docs/decisions/070-five-folders.md.
 */
export async function watchFolders(root: string, folders: Folders): Promise<FolderWatch> {
  const deviceOf = async (path: string): Promise<number> => (await stat(path)).dev;
  const home = await deviceOf(root);
  /** Those that have been seen on a disk of their own. */
  const mounted = new Set<FolderName>();

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

  const watch = async (): Promise<FolderTrouble[]> => {
    const found = await Promise.all(folderNames.map(look));
    return found.filter((trouble) => trouble !== undefined);
  };
  await watch();
  return watch;
}
