import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { asDurableError, DurableError, makeFolders, openDatabase as openFile } from "@restante/durable";
import { idKey } from "@restante/itk3";
import { isSetUp, noteSetUp } from "./set-up.ts";
import { migrations } from "./schema.ts";

/**
 * Opens the practice's database, making or upgrading it first.
 *
 * What has committed survives the machine's power, which is what lets a pair be removed from IN, or a message be
 * acknowledged, right after. Another process may have the same file open (to send, or to look): writers wait for each
 * other up to 10 s.
 *
 * A practice that was set up before and has lost its database is refused: what it sent would be forgotten, answers to it
 * would belong to nothing, and messages would be taken in twice.
 *
 * @param onJournalMissing told if what was written to it last may be lost: see durable, lost-journal.ts
 * @throws {DurableError} `damaged`, `too-new`, `not-private`, `disk-full`, `not-permitted`, `unusable`
 */
export async function openDatabase(
  folder: string,
  onJournalMissing: (file: string) => void = () => undefined,
): Promise<DatabaseSync> {
  const file = join(folder, "practice.sqlite");
  try {
    makeFolders(folder);
  } catch (error) {
    throw asDurableError(error, folder);
  }
  const database = openFile(file, {
    migrations,
    functions: { id_key: idKey },
    // What is removed is overwritten, not only let go of.
    pragmas: "PRAGMA secure_delete = ON",
    beforeMaking: (found) => refuseToBeginAgain(folder, file, found),
    onJournalMissing,
  });
  try {
    await noteSetUp(folder);
    return database;
  } catch (error) {
    database.close();
    throw asDurableError(error, folder);
  }
}

function refuseToBeginAgain(folder: string, file: string, found: "missing" | "empty"): void {
  const kept = join(folder, "kept");
  const sign = isSetUp(folder)
    ? "this system was set up before"
    : existsSync(`${file}-wal`)
      ? "what was last written to it is there"
      : existsSync(kept) && readdirSync(kept).length > 0
        ? `messages are kept in ${kept}`
        : undefined;
  if (sign === undefined) return;
  throw new DurableError(
    "damaged",
    file,
    `it is ${found}, but ${sign}: put back a copy of it, or, to begin with nothing, remove the folder ${folder}`,
    { retry: "never" },
  );
}
