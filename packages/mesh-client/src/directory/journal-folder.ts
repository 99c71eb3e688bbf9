// `.restante`, beside the five folders: the journal, and the lock of the one process that uses them.
//
//   (absent) --> .restante.<random>, with a journal in it, synced --> renamed to .restante
//
// So a `.restante` without a journal, or with an empty one, was never made like that: its journal was lost, and with it
// what is in doubt and what was handed over. Such a folder is refused. A folder without `.restante` is new to us.

import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, makeFolder, renameFile, syncFolder } from "@restante/durable";
import { codeOf } from "../error-code.ts";
import { openJournalDatabase } from "./journal-database.ts";

const making = /^\.restante\.[0-9a-f]{8}$/;

/** Gives the path of `.restante`, which is made with an empty journal in it if it is absent. */
export async function openJournalFolder(root: string): Promise<string> {
  const folder = join(root, ".restante");
  if (!(await exists(folder))) await make(folder);
  return folder;
}

async function make(folder: string): Promise<void> {
  const root = dirname(folder);
  const temporary = join(root, `.restante.${randomBytes(4).toString("hex")}`);
  try {
    await makeFolder(temporary);
    openJournalDatabase(temporary, { mayBeNew: true }).close();
    await syncFolder(temporary);
    await renameFile(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was quicker; which of the two works here, the lock decides.
    if (codeOf(error) === "ENOTEMPTY" || codeOf(error) === "EEXIST") return;
    throw error;
  }
  await syncFolder(root);
}

/** Removes what a start left that was killed. To be called with the lock held. */
export async function sweepJournalFolders(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (making.test(name)) await rm(join(root, name), { recursive: true, force: true });
  }
}
