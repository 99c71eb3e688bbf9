// A file that is written piece by piece, and is there under its name whole or not at all:
//
//   begun, as a hidden temporary beside it --> content synced --> renamed --> folder synced: finished
//
// Killed before the rename, the temporary is left: whose folder it is knows it by its name. A failure leaves what was there
// before, and no temporary: on a full disk, half a file would take the room of what comes next.

import { randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { renameFile } from "./rename-file.ts";
import { syncFolder } from "./sync.ts";

export interface UnfinishedFile extends AsyncDisposable {
  /** For writing. Closed by `finish`, and when it is disposed of. */
  readonly handle: FileHandle;
  /** Its content, and its name, are on disk when this resolves. */
  finish(): Promise<void>;
}

export interface BeginOptions {
  /** Of the file, whatever the umask; `shared`: 0666 less the umask. 0600, for its owner alone, if absent. */
  readonly mode?: number | "shared";
  /** What it is called until it is finished. A hidden name with something random behind it if absent. */
  readonly temporaryName?: string;
}

/** Disposed of without being finished, it leaves nothing; what cannot be removed is hidden, and stays. */
export async function beginFile(
  folder: string,
  name: string,
  { mode = 0o600, temporaryName = `.${name}.${randomBytes(4).toString("hex")}` }: BeginOptions = {},
): Promise<UnfinishedFile> {
  const temporary = join(folder, temporaryName);
  const handle = await open(temporary, "wx", mode === "shared" ? 0o666 : mode);
  let isInPlace = false;
  async function end(): Promise<void> {
    await handle.close().catch(() => undefined);
    if (!isInPlace) await rm(temporary, { force: true }).catch(() => undefined);
  }
  try {
    if (mode !== "shared") await handle.chmod(mode);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    handle,
    async finish() {
      await handle.sync();
      await handle.close();
      await renameFile(temporary, join(folder, name));
      isInPlace = true;
      await syncFolder(folder);
    },
    [Symbol.asyncDispose]: end,
  };
}
