import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { exists, isMissing, makeFolder } from "@restante/durable";
import { PracticeError } from "./errors.ts";

/**
 * A folder of a mailbox, which its MESH client has too. It is made at its first use where it is absent, for the client
 * may not have been here yet. From then on it is never made anew: one that is gone (deleted, or with the disk that it is
 * on) would be taken for an empty one, and what is written to it would be read by nobody.
 */
export interface MailboxFolder {
  readonly path: string;
  /** Throws PracticeError "folder-missing" if it is gone, or is absent at first and not to be made. */
  require(options?: { make: boolean }): Promise<void>;
  /** The names in it. Throws as `require` does. */
  names(): Promise<string[]>;
}

export function mailboxFolder(path: string): MailboxFolder {
  let known = false;

  async function make(): Promise<void> {
    await makeFolder(path);
    known = true;
  }

  return {
    path,
    async require(options) {
      if ((known || options?.make === false) && !(await exists(path))) throw gone(path);
      await make();
    },
    async names() {
      try {
        const names = await readdir(path);
        known = true;
        return names;
      } catch (error) {
        if (!isMissing(error)) throw error;
        if (known) throw gone(path);
        await make();
        return [];
      }
    },
  };
}

function gone(path: string): PracticeError {
  return new PracticeError("folder-missing", `The folder ${basename(path)} of the mailbox is not there.`, {
    retry: "safe",
  });
}
