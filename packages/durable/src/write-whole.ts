import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beginFile } from "./begin-file.ts";
import { renameFile } from "./rename-file.ts";

/**
 * Writes a file whole or not at all, and on disk when this resolves: see begin-file.ts. A failure leaves what was there
 * before, and no temporary.
 *
 * @param mode of the file, whatever the umask: 0600 for its owner alone
 */
export async function writeWhole(
  folder: string,
  name: string,
  content: string | Uint8Array,
  mode: number = 0o600,
): Promise<void> {
  await using file = await beginFile(folder, name, { mode });
  await file.handle.writeFile(content);
  await file.finish();
}

/**
 * Writes a file whole over the one before, for its owner alone, and syncs nothing: for what is worth nothing after a loss of
 * power. One writer at a time. Killed in it, `.<name>.new` is left, and written over by the next.
 */
export async function writeUnsynced(folder: string, name: string, content: string): Promise<void> {
  const temporary = join(folder, `.${name}.new`);
  await writeFile(temporary, content, { mode: 0o600 });
  await renameFile(temporary, join(folder, name));
}

/**
 * Writes a new file; its content is on disk when this resolves, its name once the folder is synced. A failure leaves no
 * file: on a full disk, half of one would take the room of what comes next.
 *
 * @param mode of the file, whatever the umask; `shared`: 0666 less the umask
 */
export async function writeNew(
  path: string,
  content: string | Uint8Array,
  mode: number | "shared" = 0o600,
): Promise<void> {
  const file = await open(path, "wx", mode === "shared" ? 0o666 : mode);
  try {
    if (mode !== "shared") await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
}
