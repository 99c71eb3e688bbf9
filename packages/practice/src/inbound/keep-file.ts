import { createHash } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, moveFile, syncFile } from "@restante/durable";

/**
 * Makes a file in the folder of kept messages, for its owner alone: whole and synced, or not at all. `write` writes it
 * under the path that it is given.
 */
export async function keepFile(folder: string, name: string, write: (path: string) => Promise<void>): Promise<void> {
  await makeFolder(folder);
  // A name may be as long as names can be: nothing can be put before or behind it.
  const temporary = join(folder, `.${createHash("sha256").update(name).digest("hex")}.keeping`);
  try {
    // Left by a kill.
    await rm(temporary, { force: true });
    await write(temporary);
    await chmod(temporary, 0o600);
    await syncFile(temporary);
    await moveFile(temporary, join(folder, name));
  } catch (error) {
    // On a full disk, half a file would take the room of what comes next.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
