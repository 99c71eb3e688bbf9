import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder, makeFolders, syncFolder } from "@restante/durable";
import { openToGroup } from "./group.ts";
import { cannotStart } from "./cannot-start.ts";
import { type FolderName, folderNames, type Folders } from "./folder-name.ts";

/**
 * The folders below `<data home>/<MAILBOX>`, made where absent, for their owner alone. Existing ones are found in any
 * case (lower case is common on Windows) and keep their mode; each may be on a disk of its own. A `group` may pass the
 * mailbox's folder, and use IN and OUT.
 *
 * @throws MeshClientError `folder-unusable`: the path, the reason, the remedy
 */
export async function openFolders(root: string, group?: number): Promise<Folders> {
  const existing = await starting(root, async () => {
    const made = makeFolders(root);
    for (const path of made) await syncFolder(dirname(path));
    // What was made above the mailbox's folder would keep the group out as well.
    const passed = new Set([...made, resolve(root)]);
    if (group !== undefined) for (const path of passed) await openToGroup(path, group, "pass");
    return readdir(root);
  });
  const folders = foldersAmong(root, existing);
  for (const name of folderNames) {
    await starting(folders[name], async () => {
      await makeFolder(folders[name]);
      if (group !== undefined && (name === "in" || name === "out")) await openToGroup(folders[name], group, "use");
    });
  }
  return folders;
}

/** The paths of the five folders, as they are called there. Makes nothing; throws what the operating system says. */
export async function findFolders(root: string): Promise<Folders> {
  return foldersAmong(root, await readdir(root));
}

function foldersAmong(root: string, existing: readonly string[]): Folders {
  return Object.fromEntries(
    folderNames.map((name) => {
      const found = existing.find((entry) => entry.toLowerCase() === name);
      return [name, join(root, found ?? name.toUpperCase())];
    }),
  ) as Record<FolderName, string>;
}

async function starting<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw cannotStart(error, path);
  }
}
