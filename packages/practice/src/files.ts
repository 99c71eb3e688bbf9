import { open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Writes a file and waits until its content is on disk. Its name is only when `syncFolder` has returned. */
export async function writeSynced(path: string, content: Uint8Array | string): Promise<void> {
  await using file = await open(path, "w", 0o600);
  await file.writeFile(content);
  await file.sync();
}

/** Makes the names in a folder durable: what was made, renamed or removed. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to sync it; its file systems journal names themselves.
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}

/** Gives a file another name in the same folder, durably. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
